"""What one database wants to be told and another does by itself."""

import time
from datetime import datetime, timedelta
from typing import Any

from django.db import close_old_connections, connection, transaction
from django.db.models import Count, QuerySet, Value
from django.utils import timezone

# what the clocks of two machines may differ by, and what may lie between the time of a row and its transaction
MARGIN = timedelta(minutes=1)
# SQLite's busy handler sleeps no longer than 0.1 s at a time
LOOKED_FOR = 0.12
OLDEST = """
    SELECT min(xact_start) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()
"""


def let_go() -> None:
    """Whoever waits for something else keeps no connection meanwhile; inside a transaction it is kept."""
    if not connection.in_atomic_block:
        close_old_connections()


def counts(**rows: QuerySet[Any]) -> dict[str, int]:
    """How many each of these are, in one question."""
    first, *others = (
        some.order_by().values(counted=Value(name)).annotate(n=Count("pk")).values_list("counted", "n")
        for name, some in rows.items()
    )
    found = dict(first.union(*others, all=True))
    return {name: found.get(name, 0) for name in rows}


def in_turn(name: str) -> None:
    """From here to the end of the transaction one at a time, for whoever says this name.

    For what has no row yet that could be locked. SQLite's transactions, which are IMMEDIATE, come one by one anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])


def give_way() -> None:
    """Between two of many transactions, outside of them: whoever waits for SQLite looks at most this long apart whether it
    is free, and would never find it so."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        time.sleep(LOOKED_FOR)


def settled() -> datetime:
    """What was done before this moment is there to be read: no transaction is under way that could still add to it.

    SQLite's transactions, which are IMMEDIATE, come one by one: whoever is inside of one is the only one.
    """
    with transaction.atomic(), connection.cursor() as cursor:
        now = timezone.now()
        if connection.vendor == "postgresql":
            cursor.execute(OLDEST)
            now = min(now, cursor.fetchone()[0] or now)
    return now - MARGIN
