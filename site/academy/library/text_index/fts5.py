"""SQLite: a table of its FTS5, which ranks by BM25 itself."""

from collections.abc import Iterable, Mapping, Sequence

from django.db import connections

from academy.library.text_index.words import PASSAGES, Scope, Written

FTS = "library_passage_fts"
VOCABULARY = "library_passage_vocabulary"


class Fts5:
    """Rows are joined to `Passage` by rowid. FTS keeps a copy of the grams: without one, BM25 would go on counting rows
    that were deleted, and a page that is published again and again would shift the weights of all words."""

    def __init__(self, using: str) -> None:
        self.using = using

    def create(self) -> None:
        with connections[self.using].cursor() as cursor:
            cursor.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS {FTS} USING fts5(grams)")
            cursor.execute(f"CREATE VIRTUAL TABLE IF NOT EXISTS {VOCABULARY} USING fts5vocab({FTS}, row)")

    def drop(self) -> None:
        with connections[self.using].cursor() as cursor:
            for table in (VOCABULARY, FTS):
                cursor.execute(f"DROP TABLE IF EXISTS {table}")

    def order(self, source: str) -> None:
        """Nobody else writes while a transaction is open: SQLite's are IMMEDIATE."""

    def add(self, source: str, written: Sequence[Written]) -> None:
        with connections[self.using].cursor() as cursor:
            rows = [(one.pk, " ".join(one.grams)) for one in written]
            cursor.executemany(f"INSERT INTO {FTS} (rowid, grams) VALUES (%s, %s)", rows)

    def forget(self, source: str) -> None:
        with connections[self.using].cursor() as cursor:
            cursor.execute(f"SELECT id FROM {PASSAGES} WHERE source_key = %s", [source])
            cursor.executemany(f"DELETE FROM {FTS} WHERE rowid = %s", cursor.fetchall())

    def search(self, frequency: Mapping[str, int], k: int, scope: Scope) -> list[tuple[str, int, float]]:
        within, places = _within(scope)
        with connections[self.using].cursor() as cursor:
            cursor.execute(
                f"SELECT source_key, ordinal, score FROM (SELECT rowid AS row, -rank AS score FROM {FTS} "
                f"WHERE {FTS} MATCH %s {within} ORDER BY rank LIMIT %s) JOIN {PASSAGES} ON id = row ORDER BY score DESC",
                [" OR ".join(_quoted(frequency)), *places, k],
            )
            return list(cursor.fetchall())

    def frequencies(self, grams: Sequence[str]) -> Mapping[str, int]:
        marks = ", ".join(["%s"] * len(grams))
        with connections[self.using].cursor() as cursor:
            cursor.execute(f"SELECT term, doc FROM {VOCABULARY} WHERE term IN ({marks})", grams)
            return dict(cursor.fetchall())

    def says(self, phrase: Sequence[str]) -> bool:
        words = " ".join(phrase).replace('"', '""')
        with connections[self.using].cursor() as cursor:
            cursor.execute(f"SELECT 1 FROM {FTS} WHERE {FTS} MATCH %s LIMIT 1", [f'"{words}"'])
            return cursor.fetchone() is not None


def _within(scope: Scope) -> tuple[str, list[str]]:
    rows = f"(SELECT id FROM {PASSAGES} WHERE source_key"
    if scope.only:
        return f"AND rowid IN {rows} = %s)", [scope.only]
    if not scope.audiences:
        return "", []
    others, audiences = scope.others()
    return f"AND rowid NOT IN {rows} IN ({others}))", audiences


def _quoted(grams: Iterable[str]) -> list[str]:
    """Nothing in a question can be read as an operator."""
    return ['"' + gram.replace('"', '""') + '"' for gram in grams]
