"""Fast and closed: memory indexes, a hashing embedder, tasks at once, no network."""

import os
import tempfile
from pathlib import Path

# Before base is read: tests never touch the data of the site on this machine.
# Where tests run side by side, each process has its own.
os.environ["VAR_DIR"] = str(
    Path(tempfile.gettempdir())
    / f"academy-test-{os.getuid()}"
    / os.environ.get("PYTEST_XDIST_WORKER", "alone")
)

from academy.settings.base import *  # noqa: F403
from academy.settings.base import DATABASE_URL, INSTALLED_APPS, KNOWLEDGE_BASE, VAR_DIR
from academy.settings.databases import database

VAR_DIR.mkdir(parents=True, exist_ok=True)
SECRET_KEY = "test"
DEBUG = False
ALLOWED_HOSTS = ["*"]
STYLEGUIDE = True
INSTALLED_APPS = [*INSTALLED_APPS, "academy.styleguide"]

# In memory; DATABASE_URL has the tests make a database of their own on that server, or in that file.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": ":memory:",
        "OPTIONS": {"transaction_mode": "IMMEDIATE"},
    }
}
if DATABASE_URL:
    # what has connections of its own would keep the database from being dropped
    DATABASES["default"] = database(DATABASE_URL, pool=0)
    if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
        DATABASES["default"]["TEST"] = {"NAME": DATABASES["default"]["NAME"]}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
TASKS = {
    "default": {
        "BACKEND": "django_tasks.backends.immediate.ImmediateBackend",
        "QUEUES": ["default", "slow", "imports"],
    }
}
KNOWLEDGE_BASE = {**KNOWLEDGE_BASE, "embedder": "hashing", "vector_store": "memory", "reader": "none"}
SMS_GATEWAY = "academy.accounts.sms.MemoryGateway"
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
ACCOUNT_RATE_LIMITS = {}
ASK_LIMITS = {}
CODE_LIMIT = ANSWER_LIMIT = ""
EVENT_CODE_LIMITS = {}
VERIFY_LIMIT = ""
REPORT_LIMIT = REFUSAL_LIMIT = ""
INVITATION_LIMITS = {}
API_OPEN = True
WHITENOISE_AUTOREFRESH = True
WHITENOISE_USE_FINDERS = True
DEMO_PASSWORD = "shian-demo-2026"
