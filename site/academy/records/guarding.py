"""The database itself refuses to change the log, whoever asks.

SQLite makes a table anew to alter it, and forgets what guarded it: a migration that alters `Statement` ends with
`guard` again. Emptying a whole PostgreSQL database (TRUNCATE) stays possible, for tests and for restoring.
"""

from typing import Any

from django.db.backends.base.schema import BaseDatabaseSchemaEditor

TABLE = "records_statement"
REFUSAL = "the log of learning is append-only"

SQLITE = {
    f"{TABLE}_no_{deed}": f"""
        CREATE TRIGGER IF NOT EXISTS {TABLE}_no_{deed} BEFORE {deed} ON {TABLE}
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END
    """
    for deed in ("update", "delete")
}
POSTGRESQL = f"""
    CREATE OR REPLACE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN RAISE EXCEPTION '{REFUSAL}' USING ERRCODE = 'integrity_constraint_violation'; END $$;
    CREATE OR REPLACE TRIGGER {TABLE}_append_only BEFORE UPDATE OR DELETE ON {TABLE}
    FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse();
"""


def guard(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(POSTGRESQL, None)
    for trigger in SQLITE.values() if editor.connection.vendor == "sqlite" else ():
        editor.execute(trigger, None)


def unguard(_apps: Any, editor: BaseDatabaseSchemaEditor) -> None:
    if editor.connection.vendor == "postgresql":
        editor.execute(f"DROP FUNCTION IF EXISTS {TABLE}_refuse() CASCADE", None)
    for name in SQLITE if editor.connection.vendor == "sqlite" else ():
        editor.execute(f"DROP TRIGGER IF EXISTS {name}", None)
