from collections.abc import Collection, Mapping, Sequence
from itertools import groupby

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from academy.library.models import Passage as Row
from academy.library.text_index.fts5 import Fts5
from academy.library.text_index.postings import Postings
from academy.library.text_index.words import COLUMNS, PASSAGES, Scope, Words, Written, grams_of, read
from kb.ports import PUBLIC
from kb.text import grams
from kb.types import Passage

# grams that one question is asked by, and rows it may look at: what bounds its time however long it is and however
# many passages there are
GRAMS, ROWS = 32, 12_000
KINDS: Mapping[str, type[Words]] = {"sqlite": Fts5, "postgresql": Postings}


def words_in(using: str) -> Words:
    return KINDS[connections[using].vendor](using)


def create_search_tables(connection: BaseDatabaseWrapper) -> None:
    words_in(connection.alias).create()


def make_search_tables_anew(connection: BaseDatabaseWrapper) -> None:
    """From the passages that there are."""
    words = words_in(connection.alias)
    words.drop()
    words.create()
    with connection.cursor() as cursor:
        # a new site has none, and at this migration perhaps not all of today's columns
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {PASSAGES})")
        if not cursor.fetchone()[0]:
            return
        cursor.execute(f"SELECT id, {', '.join(COLUMNS)} FROM {PASSAGES} ORDER BY source_key, ordinal")
        found = [(pk, read(*columns)) for pk, *columns in cursor.fetchall()]
    for source, rows in groupby(found, key=lambda pair: pair[1].source):
        words.add(source, [Written(pk, passage, grams_of(passage)) for pk, passage in rows])


def create_tables(using: str) -> None:
    """Everything the index needs in a database of its own, for scratch stores."""
    connection = connections[using]
    if PASSAGES not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(Row)
    create_search_tables(connection)


class TextIndex:
    """The port `kb.ports.TextIndex` in the site's database, or in another one for scratch stores."""

    def __init__(self, using: str = DEFAULT_DB_ALIAS) -> None:
        self.using = using

    @property
    def words(self) -> Words:
        return words_in(self.using)

    def replace(self, source: str, passages: Sequence[Passage]) -> None:
        # made before anybody has to wait for the transaction
        found = [grams_of(passage) for passage in passages]
        with transaction.atomic(using=self.using):
            self.forget(source)
            rows = Row.objects.using(self.using).bulk_create(_row(passage) for passage in passages)
            written = zip(rows, passages, found, strict=True)
            self.words.add(source, [Written(row.pk, passage, grams) for row, passage, grams in written])

    def forget(self, source: str) -> None:
        with transaction.atomic(using=self.using):
            self.words.order(source)
            self.words.forget(source)
            Row.objects.using(self.using).filter(source_key=source).delete()

    def search(
        self, grams: Sequence[str], k: int, audiences: Sequence[str] = (PUBLIC,), only: str | None = None
    ) -> list[tuple[str, float]]:
        asked = self._rarest(grams)
        # who may read what is known in the site's own database only
        scope = Scope(only, audiences if self.using == DEFAULT_DB_ALIAS else ())
        found = self.words.search(asked, k, scope) if asked else []
        return [(f"{source}#{ordinal}", score) for source, ordinal, score in found]

    def _rarest(self, grams: Sequence[str]) -> dict[str, int]:
        """The rarest, until they occur in as many rows as may be looked at: the others decide next to nothing."""
        rows, kept = 0, dict[str, int]()
        for gram, held in sorted(self.frequencies(grams).items(), key=lambda pair: pair[::-1])[:GRAMS]:
            rows += held
            if rows > ROWS and kept:
                break
            kept[gram] = held
        return kept

    def says(self, words: str) -> bool:
        """Whether any passage holds these very words."""
        phrase = grams(words)
        return bool(phrase) and self.words.says(phrase)

    def frequencies(self, grams: Sequence[str]) -> Mapping[str, int]:
        unique = list(dict.fromkeys(grams))
        return self.words.frequencies(unique) if unique else {}

    def passages(self, keys: Collection[str]) -> Mapping[str, Passage]:
        if not keys:
            return {}
        places = [part for key in keys for part in _place(key)]
        marks = ", ".join(["(%s, %s)"] * len(keys))
        with connections[self.using].cursor() as cursor:
            cursor.execute(
                f"SELECT {', '.join(COLUMNS)} FROM {PASSAGES} WHERE (source_key, ordinal) IN (VALUES {marks})",
                places,
            )
            found = [read(*row) for row in cursor.fetchall()]
        return {passage.key: passage for passage in found}

    def count(self) -> int:
        return Row.objects.using(self.using).count()


def _row(passage: Passage) -> Row:
    return Row(
        source_key=passage.source,
        ordinal=passage.ordinal,
        title=passage.title[:255],
        path=list(passage.path),
        text=passage.text,
        anchor=passage.anchor[:120],
        page=passage.page,
        status=passage.status,
    )


def _place(key: str) -> tuple[str, int]:
    source, _, ordinal = key.rpartition("#")
    return source, int(ordinal)
