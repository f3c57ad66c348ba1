"""Rows by the hundred thousand, past the models. Nothing is changed or deleted, so what guards the records stays in force."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from django.core.management.color import no_style
from django.db import connection
from django.db.models import Field, JSONField, Max, Model
from tqdm import tqdm

Row = Sequence[Any]
BATCH = 5_000


def first_key(model: type[Model]) -> int:
    """From here on keys are free."""
    return int(model._default_manager.aggregate(last=Max("pk"))["last"] or 0) + 1


def write(model: type[Model], names: Sequence[str], rows: Iterable[Row], count: int) -> None:
    """`names` are those of the fields; what is not named has its default. JSON comes as text. While the rows are made nothing
    is asked of the database: it is listening."""
    known = {field.name: field for field in model._meta.concrete_fields}
    fields = [known[name] for name in names]
    others = [field for field in known.values() if field not in fields and not field.primary_key]
    rest = [field.get_db_prep_save(field.get_default(), connection) for field in others]
    columns = ", ".join(connection.ops.quote_name(str(field.column)) for field in [*fields, *others])
    table = connection.ops.quote_name(model._meta.db_table)
    seen = tqdm(rows, desc=model._meta.model_name, total=count, unit=" rows", unit_scale=True, disable=None)
    filled = ((*row, *rest) for row in seen)
    if connection.vendor == "postgresql":
        _copy(f"COPY {table} ({columns}) FROM STDIN", filled)
    else:
        marks = ", ".join(["%s"] * len([*fields, *others]))
        _insert(f"INSERT INTO {table} ({columns}) VALUES ({marks})", filled, list(map(_prepared, fields)))
    _count_on(model)


def _copy(statement: str, rows: Iterable[Row]) -> None:
    with connection.cursor() as cursor, cursor.copy(statement) as copy:
        for row in rows:
            copy.write_row(row)


def _insert(statement: str, rows: Iterator[Row], prepare: Sequence[Callable[[Any], Any]]) -> None:
    with connection.cursor() as cursor:
        while batch := list(islice(rows, BATCH)):
            given = (
                (*(one(value) for one, value in zip(prepare, row, strict=False)), *row[len(prepare) :])
                for row in batch
            )
            cursor.executemany(statement, list(given))


def _prepared(field: "Field[Any, Any]") -> Callable[[Any], Any]:
    if isinstance(field, JSONField):
        return lambda text: text
    return lambda value: field.get_db_prep_save(value, connection)


def _count_on(model: type[Model]) -> None:
    """The database gives keys from behind ours on."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), [model]):
            cursor.execute(statement)
