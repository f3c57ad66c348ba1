"""What one database wants to be told and another does by itself."""

from django.db import close_old_connections, connection


def let_go() -> None:
    """Whoever waits for something else keeps no connection meanwhile; inside a transaction it is kept."""
    if not connection.in_atomic_block:
        close_old_connections()


def in_turn(name: str) -> None:
    """From here to the end of the transaction one at a time, for whoever says this name.

    For what has no row yet that could be locked. SQLite's transactions, which are IMMEDIATE, come one by one anyway.
    """
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [name])
