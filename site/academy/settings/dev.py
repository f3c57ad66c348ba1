"""One machine, nothing to configure: what `make run` serves."""

import os
import secrets

from academy.settings.base import *  # noqa: F403
from academy.settings.base import INSTALLED_APPS, VAR_DIR

# Off by default, so that what is shown is what a worker would see; DEBUG=1 brings tracebacks.
DEBUG = os.environ.get("DEBUG", "") == "1"
ALLOWED_HOSTS = ["*"]
STYLEGUIDE = True
INSTALLED_APPS = [*INSTALLED_APPS, "academy.styleguide"]

VAR_DIR.mkdir(parents=True, exist_ok=True)
_key_file = VAR_DIR / "secret-key"
if not _key_file.exists():
    _key_file.write_text(secrets.token_urlsafe(50), encoding="utf8")
    _key_file.chmod(0o600)
SECRET_KEY = _key_file.read_text(encoding="utf8")

WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = True
EMAIL_BACKEND = "django.core.mail.backends.console.EmailBackend"

# for the demo's staff and editor; production has no such accounts
DEMO_PASSWORD = "shian-demo-2026"

# Programs may ask without a key; a class on one router, or a load test, is not turned away
API_OPEN = True
ASK_LIMITS = {"person": "1200/minute", "address": "3000/minute"}
VERIFY_LIMIT = "1200/minute"
