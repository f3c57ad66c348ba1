"""The lexical index: overlapping character pairs in SQLite's FTS5, ranked by BM25."""

import json
from collections.abc import Collection, Mapping, Sequence

from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper

from academy.library.models import Passage as Row
from academy.library.models import Source
from kb.ports import PUBLIC
from kb.text import grams
from kb.types import Passage, Status

FTS = "library_passage_fts"
VOCABULARY = "library_passage_vocabulary"
PASSAGES = Row._meta.db_table
COLUMNS = ("source_key", "ordinal", "title", "path", "text", "anchor", "page", "status")
# grams that one question is asked by, and rows it may look at: what bounds its time however long it is and however
# many passages there are
GRAMS, ROWS = 32, 12_000
INSERT = f"INSERT INTO {FTS} (rowid, grams) VALUES (%s, %s)"


def create_search_tables(connection: BaseDatabaseWrapper) -> None:
    """Rows are joined to `Passage` by rowid. FTS keeps a copy of the grams: without one, BM25 would go on counting rows
    that were deleted, and a page that is published again and again would shift the weights of all words."""
    with connection.cursor() as cursor:
        cursor.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS {FTS} USING fts5(grams)")
        cursor.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS {VOCABULARY} USING fts5vocab({FTS}, row)")


def make_search_tables_anew(connection: BaseDatabaseWrapper) -> None:
    """From the passages that there are."""
    with connection.cursor() as cursor:
        for table in (VOCABULARY, FTS):
            cursor.execute(f"DROP TABLE IF EXISTS {table}")
    create_search_tables(connection)
    with connection.cursor() as cursor:
        # a new site has none, and at this migration perhaps not all of today's columns
        cursor.execute(f"SELECT EXISTS (SELECT 1 FROM {PASSAGES})")
        if not cursor.fetchone()[0]:
            return
        cursor.execute(f"SELECT id, {', '.join(COLUMNS)} FROM {PASSAGES}")
        rows = [(pk, _words(_passage(*columns))) for pk, *columns in cursor.fetchall()]
        cursor.executemany(INSERT, rows)


def create_tables(using: str) -> None:
    """Everything the index needs in a database of its own, for scratch stores."""
    connection = connections[using]
    if Row._meta.db_table not in connection.introspection.table_names():
        with connection.schema_editor() as editor:
            editor.create_model(Row)
    create_search_tables(connection)


class TextIndex:
    """The port `kb.ports.TextIndex` in the site's database, or in another one for scratch stores."""

    def __init__(self, using: str = "default") -> None:
        self.using = using

    def replace(self, source: str, passages: Sequence[Passage]) -> None:
        # made before anybody has to wait for the transaction
        words = [_words(passage) for passage in passages]
        with transaction.atomic(using=self.using):
            self.forget(source)
            rows = Row.objects.using(self.using).bulk_create(_row(passage) for passage in passages)
            pairs = [(row.pk, found) for row, found in zip(rows, words, strict=True)]
            with connections[self.using].cursor() as cursor:
                cursor.executemany(INSERT, pairs)

    def forget(self, source: str) -> None:
        with transaction.atomic(using=self.using), connections[self.using].cursor() as cursor:
            rows = Row.objects.using(self.using).filter(source_key=source)
            ids = list(rows.values_list("pk", flat=True))
            cursor.executemany(f"DELETE FROM {FTS} WHERE rowid = %s", [(pk,) for pk in ids])
            rows.delete()

    def search(
        self, grams: Sequence[str], k: int, audiences: Sequence[str] = (PUBLIC,), only: str | None = None
    ) -> list[tuple[str, float]]:
        if not grams:
            return []
        within, places = self._within(audiences, only)
        with connections[self.using].cursor() as cursor:
            cursor.execute(
                f"SELECT source_key, ordinal, score FROM (SELECT rowid AS row, -rank AS score FROM {FTS} "
                f"WHERE {FTS} MATCH %s {within} ORDER BY rank LIMIT %s) JOIN {PASSAGES} ON id = row ORDER BY score DESC",
                [_any_of(self._rarest(grams)), *places, k],
            )
            return [(f"{source}#{ordinal}", score) for source, ordinal, score in cursor.fetchall()]

    def _rarest(self, grams: Sequence[str]) -> list[str]:
        """The rarest, until they occur in as many rows as may be looked at: the others decide next to nothing."""
        rows, kept = 0, list[str]()
        frequency = self.frequencies(grams)
        for gram in sorted(frequency, key=lambda gram: frequency[gram])[:GRAMS]:
            rows += frequency[gram]
            if rows > ROWS and kept:
                break
            kept.append(gram)
        return kept or list(grams[:1])

    def _within(self, audiences: Sequence[str], only: str | None) -> tuple[str, list[str]]:
        """One source; or all but those of other audiences, which are known in the site's own database only."""
        rows = f"(SELECT id FROM {PASSAGES} WHERE source_key"
        if only:
            return f"AND rowid IN {rows} = %s)", [only]
        if self.using != DEFAULT_DB_ALIAS:
            return "", []
        marks = ", ".join(["%s"] * len(audiences))
        others = f"SELECT key FROM {Source._meta.db_table} WHERE audience NOT IN ({marks})"
        return f"AND rowid NOT IN {rows} IN ({others}))", list(audiences)

    def says(self, words: str) -> bool:
        """Whether any passage holds these very words."""
        phrase = " ".join(grams(words)).replace('"', '""')
        if not phrase:
            return False
        with connections[self.using].cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {FTS} WHERE {FTS} MATCH %s LIMIT 1", [f'"{phrase}"'])
            return cursor.fetchone() is not None

    def frequencies(self, grams: Sequence[str]) -> Mapping[str, int]:
        unique = list(dict.fromkeys(grams))
        if not unique:
            return {}
        marks = ", ".join(["%s"] * len(unique))
        with connections[self.using].cursor() as cursor:
            cursor.execute(f"SELECT term, doc FROM {VOCABULARY} WHERE term IN ({marks})", unique)
            return dict(cursor.fetchall())

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
            found = [_passage(*row) for row in cursor.fetchall()]
        return {passage.key: passage for passage in found}

    def count(self) -> int:
        return Row.objects.using(self.using).count()


def _any_of(grams: Sequence[str]) -> str:
    """An FTS5 query; each gram is quoted, so nothing in a question can be read as an operator."""
    return " OR ".join('"' + gram.replace('"', '""') + '"' for gram in dict.fromkeys(grams))


def _words(passage: Passage) -> str:
    return " ".join(grams(passage.embedded))


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


def _passage(
    source: str, ordinal: int, title: str, path: str, text: str, anchor: str, page: int | None, status: str
) -> Passage:
    """From a row as it is: a hundred of them a question are too many for models."""
    return Passage(source, ordinal, title, tuple(json.loads(path)), text, anchor, page, Status(status))
