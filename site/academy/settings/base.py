"""What every deployment shares. The environment is read here, in `test` and in `production`, nowhere else."""

import os
from pathlib import Path
from typing import Any

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from academy.settings.databases import database, sqlite
from ingest.load.formats import FORMATS

ROOT_DIR = Path(__file__).resolve().parents[3]
VAR_DIR = Path(os.environ.get("VAR_DIR", ROOT_DIR / "var"))

INSTALLED_APPS = [
    # before wagtail and allauth, so that our templates are found first
    "academy",
    "academy.core",
    "academy.accounts",
    "academy.organisations",
    "academy.records",
    "academy.library",
    "academy.exams",
    "academy.courses",
    "academy.events",
    "academy.chat",
    "academy.reports",
    "academy.demo",
    "wagtail.contrib.forms",
    "wagtail.contrib.redirects",
    "wagtail.contrib.settings",
    "wagtail.contrib.typed_table_block",
    "wagtail.embeds",
    "wagtail.sites",
    "academy.accounts.users_app.UsersAppConfig",
    "wagtail.snippets",
    "wagtail.documents",
    "wagtail.images",
    "wagtail.search",
    "wagtail.admin",
    "wagtail",
    "modelcluster",
    "taggit",
    "allauth",
    "allauth.account",
    "django_htmx",
    "django_tasks",
    "django_tasks_db",
    "csp",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "academy.core.middleware.CompressionMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "wagtail.contrib.redirects.middleware.RedirectMiddleware",
    # The innermost is synchronous, and so all run in the request's one thread; asynchronous ones would each go there
    # and back by itself.
    "academy.core.middleware.LanguageMiddleware",
    "academy.core.middleware.PrivateMiddleware",
    "academy.core.middleware.KeptMiddleware",
    "academy.records.middleware.SourceMiddleware",
]

ROOT_URLCONF = "academy.urls"
WSGI_APPLICATION = "academy.wsgi.application"
ASGI_APPLICATION = "academy.asgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [ROOT_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "academy.core.templatetags.look",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "academy.core.context_processors.display",
            ],
        },
    },
]

# postgres://user:password@host:5432/name, or sqlite:////path/to/file; without it a file in VAR_DIR
DATABASE_URL = os.environ.get("DATABASE_URL", "")
# Connections to PostgreSQL that one process may hold: each request has one while it lasts, the others wait their turn
DATABASE_POOL = int(os.environ.get("DATABASE_POOL", 20))
DATABASES = {
    "default": database(DATABASE_URL, DATABASE_POOL) if DATABASE_URL else sqlite(VAR_DIR / "academy.sqlite3")
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": ["default", "slow", "imports"]}}

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "academy.accounts.permissions.PermissionsBackend",
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/me/"

ACCOUNT_ADAPTER = "academy.accounts.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "confirm_login_code": "academy.accounts.forms.ConfirmLoginCodeForm",
    "login": "academy.accounts.forms.LoginForm",
    "request_login_code": "academy.accounts.forms.RequestLoginCodeForm",
}
ACCOUNT_LOGOUT_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
# Sign-up is closed; allauth reads here that there are passwords, and that a phone number may be missing.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "phone"]
ACCOUNT_SESSION_REMEMBER = True

# The sign-in code is what verifies a number; addresses are entered by administrators.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = "[食安学堂] "
ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS = False
ACCOUNT_PHONE_VERIFICATION_ENABLED = False
ACCOUNT_PHONE_VERIFICATION_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = 3
ACCOUNT_PHONE_VERIFICATION_TIMEOUT = 10 * 60
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 3
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 10 * 60
# Long enough for a code that was asked for again at the last moment
ACCOUNT_LOGIN_TIMEOUT = 45 * 60
ACCOUNT_RATE_LIMITS = {
    # Ten codes a day with five tries each: fifty guesses among a million. A class behind one router still gets in.
    "request_login_code": "60/m/ip,1/m/key,10/d/key",
    "verify_phone": "60/m/ip,1/m/key",
    "login": "60/m/ip",
}

# One adapter stands before every SMS gateway; the development one prints the code.
SMS_GATEWAY = "academy.accounts.sms.ConsoleGateway"

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Chinese")), ("en", _("English"))]
# Our own words first, then what others say and have no Chinese for
LOCALE_PATHS = [Path(__file__).resolve().parents[1] / name for name in ("locale", "wording")]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True
FORMAT_MODULE_PATH = "academy.core.formats"

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
MEDIA_URL = "media/"
MEDIA_ROOT = VAR_DIR / "media"
# signatures and photographs of people: no address of their own, a view asks who may see them
PRIVATE_ROOT = VAR_DIR / "private"

WAGTAIL_SITE_NAME = "食安学堂"
WAGTAIL_CONTENT_LANGUAGES = LANGUAGES
WAGTAILADMIN_PERMITTED_LANGUAGES = LANGUAGES
# Days are Shanghai days for everybody
WAGTAIL_USER_TIME_ZONES = [TIME_ZONE]
WAGTAILADMIN_BASE_URL = os.environ.get("BASE_URL", "http://localhost:8000")
WAGTAILDOCS_EXTENSIONS = sorted({"mp4", "zip", *(suffix[1:] for suffix in FORMATS)})
# what a browser plays and reads by itself, whatever the machine's own list of types knows
WAGTAILDOCS_CONTENT_TYPES = {"mp4": "video/mp4", "vtt": "text/vtt"}
WAGTAILDOCS_INLINE_CONTENT_TYPES = ["application/pdf", "text/vtt", "video/mp4"]
WAGTAIL_FRONTEND_LOGIN_URL = "/accounts/reader/"
WAGTAILADMIN_LOGIN_URL = "/accounts/admin/"
# Passwords are tried and asked for anew at one door only, which counts how often
WAGTAIL_PASSWORD_RESET_ENABLED = False
WAGTAIL_GRAVATAR_PROVIDER_URL = None
WAGTAIL_ENABLE_UPDATE_CHECK = False
WAGTAILADMIN_RICH_TEXT_EDITORS = {
    "default": {
        "WIDGET": "wagtail.admin.rich_text.DraftailRichTextArea",
        "OPTIONS": {"features": ["bold", "ul", "ol", "link", "document-link"]},
    }
}

# Wagtail's admin brings inline scripts of its own; everything the public sees is held to this policy.
CONTENT_SECURITY_POLICY = {
    "EXCLUDE_URL_PREFIXES": ["/admin/"],
    "DIRECTIVES": {
        "default-src": [NONE],
        "base-uri": [NONE],
        "connect-src": [SELF],
        "font-src": [SELF],
        "form-action": [SELF],
        # a preview stands in a frame of the admin
        "frame-ancestors": [SELF],
        "img-src": [SELF, "data:"],
        "manifest-src": [SELF],
        "media-src": [SELF],
        "script-src": [SELF],
        "style-src": [SELF],
        "worker-src": [SELF],
    },
}
X_FRAME_OPTIONS = "SAMEORIGIN"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
CSRF_FAILURE_VIEW = "academy.core.views.csrf_failure"

# The knowledge base: see kb.config for what each key means.
CHROMA_URL = os.environ.get("CHROMA_URL", "")
CHROMA_DIR = VAR_DIR / "chroma"
KNOWLEDGE_BASE: dict[str, Any] = {
    "embedder": "sentence-transformers",
    "model": os.environ.get("EMBEDDING_MODEL", ""),
    "model_dir": VAR_DIR / "models",
    "vector_store": "chroma",
    # "none" turns the trained reader off: some 300 ms less a question, and less is known of what is not known
    "reader": os.environ.get("READER", "trained"),
    "collection": "public",
}

TEXT_INDEX = "academy.library.text_index.TextIndex"
# what gives the glossary that questions are understood by
GLOSSARY = "academy.library.glossaries.current"

# A chat model drafts likely questions for editors to approve; no name, no drafts. Any endpoint that speaks the
# OpenAI protocol; without an address it is OpenAI's own.
CHAT_MODEL = os.environ.get("CHAT_MODEL", "")
CHAT_BASE_URL = os.environ.get("CHAT_BASE_URL", "")
CHAT_API_KEY = os.environ.get("CHAT_API_KEY", "")

# "1": the model also answers in the chat, held to the texts; otherwise answers are the texts' own sentences.
ANSWER_BY_MODEL = os.environ.get("ANSWER_BY_MODEL") == "1" and bool(CHAT_MODEL)

# Nobody is asked more than this in one go; a longer question is a pasted document.
QUESTION_MAX_LENGTH = 500
# how many questions are searched for at once, by one process
ASK_AT_ONCE = int(os.environ.get("ASK_AT_ONCE", os.cpu_count() or 1))
# With more than so many waiting for their turn, questions are answered without the trained reader: soon beats best
READ_WHILE_WAITING = 4
# More are not kept waiting: they are told to come back
ASK_WAITING = 1000
# Whether somebody who has not signed in may ask, and for how many days after the last question it is kept
ANONYMOUS_ASKING = os.environ.get("ANONYMOUS_ASKING", "1") == "1"
ANONYMOUS_DAYS = 7
# Questions by one person, from one address (a canteen shares one, and so does a class), and with one API key
ASK_LIMITS = {"person": "30/minute", "address": "300/minute", "program": "300/minute"}
# where they are counted; with several web processes one place for all: redis://…
LIMITS_STORAGE = os.environ.get("LIMITS_STORAGE", "memory://")
# whether a program may ask without a key, within the limit of its address
API_OPEN = os.environ.get("API_OPEN") == "1"
# other sites that may show the chat: https://www.example.gov.cn, separated by blanks
EMBED_ORIGINS = os.environ.get("EMBED_ORIGINS", "").split()

# Whose name stands under a certificate, from the next one on
CERTIFICATE_ISSUER = os.environ.get("CERTIFICATE_ISSUER", WAGTAIL_SITE_NAME)
# how often certificates may be looked up from one address
VERIFY_LIMIT = "60/minute"
# how often one person may try the access code of an exam
CODE_LIMIT = "6/minute"
# How often answers of one attempt are saved: a whole paper that waited without a network goes through at once
ANSWER_LIMIT = "240/minute"
# how often a wrong code of an event may be tried, by one person and from one address
EVENT_CODE_LIMITS = {"person": "20/minute", "address": "300/minute"}
# how many pages of exams one process makes at once; answers are saved beside them
EXAM_PAGES_AT_ONCE = int(os.environ.get("EXAM_PAGES_AT_ONCE", "6"))
# How often one person's screens may report what was learned, and how many of their refusals are written down: more
# than a whole paper that came too late
REPORT_LIMIT = "60/minute"
REFUSAL_LIMIT = "300/hour"
# Text messages that invite to a staff list: by one manager, and to one number
INVITATION_LIMITS = {"manager": "200/day", "phone": "3/day"}
# how many hours a year a post asks for; none where it is not named
HOURS_TARGETS = {"食品安全员": 40, "食品安全总监": 40, "食品安全管理员": 40}
# the business type whose uncovered enterprises are asked for first
CANTEENS = "学校食堂"
# Signs a minute that nobody reads faster than: a lesson that was open for less is not finished yet
FASTEST_READING = int(os.environ.get("FASTEST_READING", "1500"))

STYLEGUIDE = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name} {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": "WARNING"},
    "loggers": {
        "academy": {"level": "INFO"},
        "kb": {"level": "INFO"},
        # one line a task is too much; failures still speak
        "django_tasks": {"level": "WARNING"},
        "django_tasks_db": {"level": "WARNING"},
    },
}
