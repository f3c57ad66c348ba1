"""PostgreSQL: for each gram and source the passages it stands in, how often, and how long they are; BM25 in one query.

A row is of one source only, so that sources are written side by side, and what is counted is what there is now.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from django.db import connections

from academy.library.text_index.words import COLUMNS, PASSAGES, Scope, Written, grams_of, read

POSTINGS, EXTENTS = "library_posting", "library_extent"
# as in FTS5, so that either database answers alike
K1, B, LEAST = 1.2, 0.75, 1e-6
# characters of a gram that count: an index takes no longer ones, and no word is so long
LONGEST = 100

TABLES = f"""
CREATE TABLE IF NOT EXISTS {POSTINGS} (
    gram text COLLATE "C" NOT NULL, source_key varchar(60) NOT NULL,
    ordinals integer[] NOT NULL, times integer[] NOT NULL, lengths integer[] NOT NULL,
    PRIMARY KEY (gram, source_key)
);
CREATE INDEX IF NOT EXISTS {POSTINGS}_source ON {POSTINGS} (source_key);
CREATE TABLE IF NOT EXISTS {EXTENTS} (
    source_key varchar(60) PRIMARY KEY, passages integer NOT NULL, grams integer NOT NULL
);
"""
ADD = f"""
INSERT INTO {POSTINGS} (gram, source_key, ordinals, times, lengths)
SELECT gram, %s, array_agg(ordinal), array_agg(times), array_agg(length)
FROM unnest(%s::text[], %s::integer[], %s::integer[], %s::integer[]) AS one (gram, ordinal, times, length)
GROUP BY gram
"""
# the row also orders who writes: the second to come waits here
EXTENT = f"""
INSERT INTO {EXTENTS} (source_key, passages, grams) VALUES (%s, %s, %s)
ON CONFLICT (source_key) DO UPDATE SET passages = excluded.passages, grams = excluded.grams
"""
SEARCH = f"""
WITH whole AS (SELECT sum(passages)::float AS rows, sum(grams)::float / sum(passages) AS mean FROM {EXTENTS}),
asked AS (
    SELECT gram, greatest(ln((rows - holders + 0.5) / (holders + 0.5)), {LEAST}) AS weight, mean
    FROM unnest(%s::text[], %s::float[]) AS one (gram, holders), whole
),
found AS (
    SELECT source_key, ordinal, sum(
        weight * n * ({K1} + 1) / (n + {K1} * (1 - {B} + {B} * (length / mean)))
    ) AS score
    FROM asked JOIN {POSTINGS} USING (gram), unnest(ordinals, times, lengths) AS held (ordinal, n, length)
    WHERE {{within}} GROUP BY source_key, ordinal
)
SELECT source_key, ordinal, score FROM found ORDER BY score DESC, source_key, ordinal LIMIT %s
"""
# passages that have all of the grams
HOLDING_ALL = f"""
SELECT {", ".join(COLUMNS)} FROM {PASSAGES} WHERE (source_key, ordinal) IN (
    SELECT source_key, ordinal FROM {POSTINGS}, unnest(ordinals) AS ordinal
    WHERE gram = ANY(%s) GROUP BY source_key, ordinal HAVING count(*) = %s
)
"""


class Postings:
    def __init__(self, using: str) -> None:
        self.using = using

    def create(self) -> None:
        with connections[self.using].cursor() as cursor:
            cursor.execute(TABLES)

    def drop(self) -> None:
        with connections[self.using].cursor() as cursor:
            cursor.execute(f"DROP TABLE IF EXISTS {POSTINGS}, {EXTENTS}")

    def order(self, source: str) -> None:
        self._extend(source, ())

    def add(self, source: str, written: Sequence[Written]) -> None:
        if not written:
            return
        self._extend(source, written)
        rows = [
            (gram, one.passage.ordinal, times, len(one.grams))
            for one in written
            for gram, times in Counter(_cut(one.grams)).items()
        ]
        if rows:
            with connections[self.using].cursor() as cursor:
                cursor.execute(ADD, [source, *map(list, zip(*rows, strict=True))])

    def forget(self, source: str) -> None:
        with connections[self.using].cursor() as cursor:
            for table in (POSTINGS, EXTENTS):
                cursor.execute(f"DELETE FROM {table} WHERE source_key = %s", [source])

    def search(self, frequency: Mapping[str, int], k: int, scope: Scope) -> list[tuple[str, int, float]]:
        within, places = _within(scope)
        with connections[self.using].cursor() as cursor:
            cursor.execute(
                SEARCH.format(within=within), [_cut(frequency), list(frequency.values()), *places, k]
            )
            return list(cursor.fetchall())

    def frequencies(self, grams: Sequence[str]) -> Mapping[str, int]:
        asked = dict(zip(_cut(grams), grams, strict=True))
        with connections[self.using].cursor() as cursor:
            cursor.execute(
                f"SELECT gram, sum(cardinality(ordinals)) FROM {POSTINGS} WHERE gram = ANY(%s) GROUP BY gram",
                [list(asked)],
            )
            return {asked[gram]: int(rows) for gram, rows in cursor.fetchall()}

    def says(self, phrase: Sequence[str]) -> bool:
        wanted, words = set(_cut(phrase)), f" {' '.join(phrase)} "
        with connections[self.using].cursor() as cursor:
            cursor.execute(HOLDING_ALL, [list(wanted), len(wanted)])
            return any(words in f" {' '.join(grams_of(read(*row)))} " for row in cursor)

    def _extend(self, source: str, written: Sequence[Written]) -> None:
        with connections[self.using].cursor() as cursor:
            cursor.execute(EXTENT, [source, len(written), sum(len(one.grams) for one in written)])


def _within(scope: Scope) -> tuple[str, list[str]]:
    if scope.only:
        return "source_key = %s", [scope.only]
    if not scope.audiences:
        return "TRUE", []
    others, audiences = scope.others()
    return f"source_key NOT IN ({others})", audiences


def _cut(grams: Iterable[str]) -> list[str]:
    return [gram[:LONGEST] for gram in grams]
