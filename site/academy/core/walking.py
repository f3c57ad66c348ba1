"""A long list piece by piece. Each piece is a query of its own that goes on behind the last row, so whatever stands between
the site and the database, nothing holds the whole list: no cursor, no transaction, no memory."""

from collections.abc import Iterator
from typing import Any, TypeVar

from django.db.models import Q, QuerySet

Row = TypeVar("Row")
SIZE = 2_000


def walk(rows: QuerySet[Any, Row], size: int = SIZE) -> Iterator[Row]:
    """In the order of the rows, which is by one field that is always set, and where that is the same by key. Of values, these two
    come first."""
    field, key = _order(rows)
    piece = list(rows[:size])
    yield from piece
    while len(piece) == size:
        piece = list(rows.filter(_behind(piece[-1], field, key))[:size])
        yield from piece


def _order(rows: QuerySet[Any]) -> tuple[str, str]:
    field, key = map(str, rows.query.order_by or rows.model._meta.ordering)
    if key not in ("pk", "-pk") or field.startswith("-") != key.startswith("-"):
        raise ValueError(f"{field}, {key} is no order to walk in")
    return field, key


def _behind(last: Any, field: str, key: str) -> Q:
    """Said so that an index on the field alone finds the place."""
    name, than = field.removeprefix("-"), "lt" if key.startswith("-") else "gt"
    value, pk = last[:2] if isinstance(last, tuple) else (getattr(last, name), last.pk)
    return Q(**{f"{name}__{than}e": value}) & (Q(**{f"{name}__{than}": value}) | Q(**{f"pk__{than}": pk}))
