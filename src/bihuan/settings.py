"""Settings come from the environment only; nonsense stops the start. See docs/operations.md."""

import hashlib
import os
import secrets
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import dj_database_url
from csp.constants import NONCE, SELF
from django.core.exceptions import ImproperlyConfigured

from bihuan.atomic import write_text
from bihuan.proxies import Proxies, read_proxies
from bihuan.scenarios import scenario_apps, scenario_locales, scenario_templates


def envbool(name: str, default: bool) -> bool:
    """Read a yes/no setting; refuses what is neither."""
    value = os.environ.get(name, str(default)).lower()
    if value not in ("true", "false", "1", "0"):
        raise ImproperlyConfigured(f"{name}={value}: write true or false")
    return value in ("true", "1")


def envdays(name: str, default: int) -> timedelta:
    """Read a setting in whole days, at least one."""
    value = os.environ.get(name, str(default))
    if not value.isdecimal() or int(value) < 1:
        raise ImproperlyConfigured(f"{name}={value}: write a whole number of days, 1 or more")
    return timedelta(days=int(value))


def envproxies(name: str) -> Proxies:
    """Read addresses and networks by comma."""
    try:
        return read_proxies(text for text in os.environ.get(name, "").split(",") if text.strip())
    except ValueError as error:
        raise ImproperlyConfigured(
            f"{name}: {error}; write addresses or networks by comma, e.g. 10.0.0.1,10.1.0.0/16"
        ) from error


def envmegabytes(name: str, default: int) -> int:
    """Read a size in whole megabytes, at least one; in bytes."""
    value = os.environ.get(name, str(default))
    if not value.isdecimal() or int(value) < 1:
        raise ImproperlyConfigured(f"{name}={value}: write a whole number of megabytes, 1 or more")
    return int(value) * 2**20


LEAST_KEY = 32
"""Letters of a key; ours are longer."""


def fingerprint(paths: Iterable[Path]) -> str:
    """Twelve digits that stand for the contents of files."""
    digest = hashlib.sha256()
    for path in sorted(p for p in paths if p.is_file()):
        digest.update(path.name.encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _secret(folder: Path) -> str:
    """The installation's own key, made on first use and kept in its data folder."""
    if "BIHUAN_SECRET_KEY" in os.environ:
        return os.environ["BIHUAN_SECRET_KEY"]
    path = folder / "secret.key"
    try:
        if not path.exists():
            if not folder.is_dir():
                return secrets.token_urlsafe(50)
            write_text(path, secrets.token_urlsafe(50), private=True)
        key = path.read_text().strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"the key in {path} cannot be made or read: {error.strerror or error}"
        ) from error
    if len(key) < LEAST_KEY:
        raise ImproperlyConfigured(
            f"the key in {path} is empty or cut off; restore it from a backup, or delete the file: a new one is made and everybody signs in again"
        )
    return key


PACKAGE = Path(__file__).resolve().parent
DATA_DIR = Path(os.environ.get("BIHUAN_DATA", "data")).resolve()

DEBUG = envbool("BIHUAN_DEBUG", False)
SECRET_KEY = _secret(DATA_DIR)
ALLOWED_HOSTS = os.environ.get("BIHUAN_HOSTS", "*").split(",")
CSRF_TRUSTED_ORIGINS = [o for o in os.environ.get("BIHUAN_ORIGINS", "").split(",") if o]
HTTPS = envbool("BIHUAN_HTTPS", False)
PROXIES = envproxies("BIHUAN_PROXIES")

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "axes",
    "bihuan.registry",
    "bihuan.cases",
    "bihuan.kit.patrol",
    "bihuan.kit.inspection",
    "bihuan.kit.phone",
    "bihuan.web",
    "bihuan.scenarios",
    *scenario_apps(),
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "bihuan.web.middleware.Privacy",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "bihuan.web.middleware.LanguageByChoice",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "bihuan.web.first_run.FirstRun",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "bihuan.web.admission.Admission",
    "bihuan.web.middleware.PersonErrors",
    "axes.middleware.AxesMiddleware",
]
ROOT_URLCONF = "bihuan.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": scenario_templates(),
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "csp.context_processors.nonce",
                "bihuan.web.context.frame",
            ],
            "builtins": [
                "bihuan.web.templatetags.maps",
                "bihuan.web.templatetags.show",
                "django.templatetags.i18n",
                "django.templatetags.static",
            ],
        },
    }
]
ASGI_APPLICATION = "bihuan.web.asgi.application"

DATABASES = {
    "default": dj_database_url.parse(
        os.environ.get("BIHUAN_DATABASE", f"sqlite:///{DATA_DIR / 'db.sqlite3'}"), conn_max_age=60
    )
}
if DATABASES["default"]["ENGINE"].endswith("sqlite3"):
    DATABASES["default"]["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA busy_timeout=20000;",
        "transaction_mode": "IMMEDIATE",
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "registry.Person"
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "django.contrib.auth.backends.ModelBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
CSRF_FAILURE_VIEW = "bihuan.web.pages.errors.stale_form"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "centre"
LOGOUT_REDIRECT_URL = "login"
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = "bihuan.registry.sign_in.cool_off"
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_USERNAME_CALLABLE = "bihuan.registry.sign_in.username_of"
AXES_CLIENT_IP_CALLABLE = "bihuan.registry.addresses.address_of"
AXES_LOCKOUT_CALLABLE = "bihuan.web.pages.account.locked"
AXES_RESET_ON_SUCCESS = True
AXES_RESET_COOL_OFF_ON_FAILURE_DURING_LOCKOUT = False  # else who keeps trying never gets in again
AXES_USE_ATTEMPT_EXPIRATION = True
AXES_ENABLE_ACCESS_FAILURE_LOG = True  # how often a pair was locked
AXES_VERBOSE = False

SESSION_COOKIE_AGE = 12 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# Photos and places of a case are taken with the device's own camera and position.
PERMISSIONS_POLICY = (
    "camera=(self), geolocation=(self), microphone=(), payment=(), usb=(), display-capture=()"
)
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "script-src": [SELF, NONCE],
        # Chart and map libraries set styles on their elements.
        "style-src": [SELF, "'unsafe-inline'"],
        "img-src": [SELF, "data:", "blob:"],
        "worker-src": [SELF, "blob:"],
        "connect-src": [SELF],
        "frame-ancestors": ["'none'"],
        "form-action": [SELF],
        "base-uri": [SELF],
    }
}

LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "中文"), ("en", "English")]
LOCALE_PATHS = [*scenario_locales(), PACKAGE / "locale"]
TIME_ZONE = "Asia/Shanghai"
USE_TZ = True

# The address says which contents are meant, so a browser may keep them for ever; with other contents it is another.
STATIC_URL = (
    f"static/{fingerprint([*PACKAGE.glob('web/static/**/*'), *PACKAGE.glob('scenarios/*/static/**/*')])}/"
)
WHITENOISE_IMMUTABLE_FILE_TEST = "." if not DEBUG else "^$"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = DEBUG
FILES_DIR = DATA_DIR / "files"
# How forecast models come and go (docs/decisions/0008-champion-and-challenger.md).
FORECAST_RETRAIN = envdays("BIHUAN_RETRAIN_DAYS", 7)
FORECAST_OLDEST = envdays("BIHUAN_CHAMPION_DAYS", 14)
FORECAST_TRIAL = envdays("BIHUAN_TRIAL_DAYS", 28)
MEDIA_ROOT = FILES_DIR
UPLOAD_BYTES = envmegabytes("BIHUAN_UPLOAD_MB", 512)
DATA_UPLOAD_MAX_MEMORY_SIZE = 20 * 1024 * 1024

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "filters": {"seldom": {"()": "bihuan.seldom.SeldomOfStrangers"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line", "filters": ["seldom"]}},
    "root": {"handlers": ["console"], "level": os.environ.get("BIHUAN_LOG", "INFO")},
    "loggers": {"axes": {"level": "WARNING"}, "uvicorn.access": {"level": "WARNING"}},
}
