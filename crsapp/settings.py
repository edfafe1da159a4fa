"""Django settings, all from the environment (`crsapp/environment.py`), each listed in `docs/reference.md`."""

from pathlib import Path
from urllib.parse import quote

import dj_database_url
import django_stubs_ext
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured

from crsapp.environment import BASE_DIR, boolean, comma_separated, variable
from generation.llm.hosts import read_allowed

django_stubs_ext.monkeypatch()  # so that `forms.ModelForm[User]` and the like can be written

LOCAL_SECRET = "local-only-secret-key-that-production-refuses"  # noqa: S105
LOCAL_HOSTS = {"127.0.0.1", "localhost", "[::1]", "testserver"}

MODE = variable("CRSAPP_MODE", "local", str, "`local` or `production`. Production refuses unsafe settings.")
PRODUCTION = MODE == "production"
DEBUG = variable("CRSAPP_DEBUG", "0", boolean, "Django's debug pages. Never in production.")
SECRET_KEY = variable(
    "CRSAPP_SECRET_KEY", LOCAL_SECRET, str, "Signs sessions. Required in production.", shown="one that everybody knows"
)
ALLOWED_HOSTS = variable(
    "CRSAPP_ALLOWED_HOSTS",
    "" if PRODUCTION else ",".join(sorted(LOCAL_HOSTS)),
    comma_separated,
    "Host names served, comma separated. Required in production.",
    shown="locally: this machine alone",
)
DEMO = variable("CRSAPP_DEMO", "0", boolean, "Offer signing in as the demo's people. `make run` sets it.")
DATA_DIR = variable(
    "CRSAPP_DATA_DIR",
    str(BASE_DIR / "var"),
    lambda text: Path(text).resolve(),
    "Where the database file, uploads and the folder broker live.",
    shown="`var` beside `manage.py`",
)
DATABASE_URL = variable(
    "DATABASE_URL",
    f"sqlite:///{quote(str(DATA_DIR / 'db.sqlite3'))}",
    str,
    "SQLite file or `postgres://user:password@host/name`.",
    shown="`db.sqlite3` in the data folder",
)
PORT = variable("PORT", "8000", int, "Where `manage.py serve` listens.")
HOST = variable("CRSAPP_HOST", "127.0.0.1", str, "The address `manage.py serve` listens on; `0.0.0.0` for all.")
DATABASE_POOL = variable(
    "CRSAPP_DATABASE_POOL", "16", int, "Most PostgreSQL connections of one web process; 0 for no pool."
)
CELERY_BROKER_URL = variable(
    "CELERY_BROKER_URL",
    "",
    str,
    "Redis or RabbitMQ, as `redis://host:6379/0`.",
    shown="a folder in the data folder",
)
JOB_LEASE_SECONDS = variable(
    "CRSAPP_JOB_LEASE_SECONDS", "120", float, "How long a job may go without a sign of life before another takes it."
)
JOB_SWEEP_SECONDS = variable(
    "CRSAPP_JOB_SWEEP_SECONDS", "5", float, "How often a worker shows it is alive and looks for lost jobs."
)
WORKER_MISSING_SECONDS = variable(
    "CRSAPP_WORKER_MISSING_SECONDS", "20", float, "After how long without a sign of life a worker counts as missing."
)
WORKER_THREADS = variable("CRSAPP_WORKER_THREADS", "2", int, "Jobs that one worker runs at the same time.")
WEB_PROCESSES = variable("CRSAPP_WEB_PROCESSES", "2", int, "Web processes that `manage.py serve` starts.")
WEB_THREADS = variable("CRSAPP_WEB_THREADS", "4", int, "Threads of one web process.")
UPLOAD_LIMIT_BYTES = variable(
    "CRSAPP_UPLOAD_LIMIT_BYTES", str(512 * 1024**2), int, "The largest file that may be uploaded."
)
UNPACKED_LIMIT_BYTES = variable(
    "CRSAPP_UNPACKED_LIMIT_BYTES", str(4 * 1024**3), int, "The most that a .gz or .zip may unpack to."
)
ARCHIVE_ENTRY_LIMIT = variable(
    "CRSAPP_ARCHIVE_ENTRY_LIMIT", "200000", int, "The most files that a .zip or a folder may hold."
)
SSL = variable(
    "CRSAPP_HTTPS",
    "1" if PRODUCTION else "0",
    boolean,
    "Cookies over HTTPS only, and HSTS. The proxy in front must set `X-Forwarded-Proto` itself.",
    shown="`1` in production, else `0`",
)
TRUSTED_ORIGINS = variable(
    "CRSAPP_TRUSTED_ORIGINS", "", comma_separated, "Origins such as `https://studies.example.org` behind a proxy."
)
LLM_HOSTS = variable(
    "CRSAPP_LLM_HOSTS",
    "" if PRODUCTION else "127.0.0.1:*,localhost:*,[::1]:*",
    lambda text: [read_allowed(one) for one in comma_separated(text)],
    "Hosts where models may be asked, comma separated: `api.example.org`, `host:8443`, `http://gpu.lan:8000`.",
    shown="none in production, else this machine alone",
)
LOG_LEVEL = variable("CRSAPP_LOG_LEVEL", "INFO", str, "Least severe messages that are logged.")

if MODE not in {"local", "production"}:
    raise ImproperlyConfigured(f"CRSAPP_MODE is {MODE!r}; set it to `local` or `production`.")
wrong = []
if (PRODUCTION or not set(ALLOWED_HOSTS) <= LOCAL_HOSTS) and (SECRET_KEY == LOCAL_SECRET or len(SECRET_KEY) < 32):
    wrong.append("set CRSAPP_SECRET_KEY to a random text of at least 32 characters")
if PRODUCTION:
    if DEBUG:
        wrong.append("set CRSAPP_DEBUG=0")
    if DEMO:
        wrong.append("set CRSAPP_DEMO=0: the demo signs anybody in")
    if not ALLOWED_HOSTS or "*" in ALLOWED_HOSTS:
        wrong.append("set CRSAPP_ALLOWED_HOSTS to the host names that people will use, comma separated, without *")
if wrong:
    raise ImproperlyConfigured("Refusing to start, as this would not be safe: " + "; ".join(wrong) + ".")

DATA_DIR.mkdir(parents=True, exist_ok=True)

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "crsapp.static_files.StaticFiles",
    "django.contrib.humanize",
    "django_htmx",
    "csp",
    "axes",
    "crsapp.accounts",
    "crsapp.jobs",
    "generation",
    "annotation",
    "evaluation",
    "crsapp",
]

MIDDLEWARE = [
    "crsapp.logs.RequestLog",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "crsapp.boundary.Boundary",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "crsapp.urls"
WSGI_APPLICATION = "crsapp.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]

DATABASES = {"default": dj_database_url.parse(DATABASE_URL)}
DATABASE = DATABASES["default"]
if DATABASE["ENGINE"] == "django.db.backends.sqlite3":
    DATABASE["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 30,
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=30000; "
        "PRAGMA foreign_keys=ON; PRAGMA cache_size=-65536;",
    }
    DATABASE["TEST"] = {"NAME": str(DATA_DIR / "test.sqlite3")}
if DATABASE["ENGINE"] == "django.db.backends.sqlite3" or not DATABASE_POOL:
    # Opening costs a millisecond a request (SQLite reads its schema again); each thread keeps its own for a minute.
    DATABASE["CONN_MAX_AGE"] = 60
    DATABASE["CONN_HEALTH_CHECKS"] = True
else:
    pool = {"min_size": 1, "max_size": DATABASE_POOL, "timeout": 30}
    DATABASE["OPTIONS"] = {"prepare_threshold": 5, **DATABASE.get("OPTIONS", {}), "pool": pool}
CACHES = {
    "default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"},
    # All processes of this machine share it; figures are found by the state they were computed from, so never stale.
    "figures": {
        "BACKEND": "django.core.cache.backends.filebased.FileBasedCache",
        "LOCATION": DATA_DIR / "cache" / "figures",
        "TIMEOUT": 60 * 60 * 24 * 30,
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
LOGIN_URL = "accounts:sign-in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "accounts:sign-in"
AXES_FAILURE_LIMIT = 10
AXES_COOLOFF_TIME = 0.25
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_LOCKOUT_TEMPLATE = "accounts/locked_out.html"
AXES_RESET_ON_SUCCESS = True
AXES_DISABLE_ACCESS_LOG = True
AXES_VERBOSE = False
PASSWORD_RESET_TIMEOUT = 60 * 60 * 24 * 7

SESSION_ENGINE = "crsapp.sessions"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_FAILURE_VIEW = "crsapp.views.csrf_failure"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SSL
SECURE_SSL_REDIRECT = SSL
SECURE_REDIRECT_EXEMPT = ["^healthz$", "^readyz$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if SSL else 0
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if SSL else None
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_TRUSTED_ORIGINS = TRUSTED_ORIGINS
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "manifest-src": [SELF],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}

LANGUAGE_CODE = "en"
# Each named as its readers name it; further ones come with a catalogue in `locale` (`crsapp/catalogues.py`).
LANGUAGES = [("en", "English"), ("zh-hans", "简体中文")]
LANGUAGE_COOKIE_AGE = 60 * 60 * 24 * 365
LANGUAGE_COOKIE_HTTPONLY = True
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = SSL
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "UTC"
USE_I18N = True
USE_TZ = True
FORMAT_MODULE_PATH = ["crsapp.formats"]

STATIC_URL = "static/"
STATIC_ROOT = DATA_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
MEDIA_ROOT = DATA_DIR / "files"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024**2
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024**2

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"()": "crsapp.logs.LineFormatter"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {
        "django": {"handlers": [], "level": LOG_LEVEL},
        "django.server": {"handlers": [], "propagate": True},
        "axes": {"level": "WARNING"},
    },
}
