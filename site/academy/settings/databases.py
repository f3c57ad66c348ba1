"""SQLite in a file of this machine, or the PostgreSQL that an address names."""

from pathlib import Path
from typing import Any

import dj_database_url

SQLITE_OPTIONS = {
    "timeout": 20,
    "transaction_mode": "IMMEDIATE",
    # FULL: NORMAL may lose acknowledged answers when the power fails
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON;",
}
# connections that are open before anybody asks for them
READY = 4
# seconds that a request waits for its turn with the database, of either kind
PATIENCE = SQLITE_OPTIONS["timeout"]


def sqlite(name: Path | str) -> dict[str, Any]:
    return {"ENGINE": "django.db.backends.sqlite3", "NAME": name, "OPTIONS": dict(SQLITE_OPTIONS)}


def database(url: str, pool: int) -> dict[str, Any]:
    """`pool` is how many connections one process may hold; 0 where something before the database keeps them."""
    found: dict[str, Any] = dict(dj_database_url.parse(url, conn_health_checks=True))
    if found["ENGINE"] == "django.db.backends.sqlite3":
        return sqlite(found["NAME"])
    if found["ENGINE"] != "django.db.backends.postgresql":
        raise ValueError("DATABASE_URL begins with postgres:// or sqlite:///")
    options = found.setdefault("OPTIONS", {})
    if pool:
        # compiling a question takes longer than answering it: none of a page's is that long
        options.setdefault("options", "-c jit=off")
        options["pool"] = {"min_size": min(READY, pool), "max_size": pool, "timeout": PATIENCE}
    return found
