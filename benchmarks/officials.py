"""Ten of the supervising staff of a simulated city, signed in. Needs the site set up."""

from importlib import import_module

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY

from academy.accounts.models import User

BACKEND = "django.contrib.auth.backends.ModelBackend"
OFFICIALS = "@simulated.invalid"


def sessions(count: int) -> list[str]:
    """The first is of the city, the others of its districts."""
    found = User.objects.filter(email__endswith=OFFICIALS).order_by("pk")[:count]
    if not found:
        raise SystemExit("There is nobody to be: manage.py simulate makes a city with its officials.")
    return [session(user) for user in found]


def session(user: User) -> str:
    session = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = BACKEND
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.save()
    return str(session.session_key)
