"""The site: a Wagtail project of apps named for what they mean to a person."""

import sys

try:
    # Debian's SQLite can corrupt a WAL database that several connections use; the wheel brings a mended one.
    # Put in place before Django loads its backend.
    import pysqlite3
    import pysqlite3.dbapi2
except ImportError:  # other platforms bring a current SQLite with Python
    pass
else:
    sys.modules["sqlite3"] = pysqlite3
    sys.modules["sqlite3.dbapi2"] = pysqlite3.dbapi2
