"""Uplift's settings, all from the environment; ``config.environment`` refuses what makes no sense."""

from pathlib import Path

import django_stubs_ext
from django.utils.csp import CSP

from config.environment import Environment, InvalidVariable
from config.keys import check_keys, derive_key, load_embedded_keys
from config.logs import configure_logs

django_stubs_ext.monkeypatch()  # so that ModelAdmin[Team] and its like can be written

BASE_DIR = Path(__file__).resolve().parent.parent
environment = Environment()

DEBUG = environment.flag("UPLIFT_DEBUG")
VAR = environment.folder("UPLIFT_VAR", BASE_DIR / "var")
TARGETS = environment.folder("UPLIFT_TARGETS", VAR / "targets")

# Database and keys
DATABASE_URL = environment.database("DATABASE_URL")
EMBEDDED_DATABASE = DATABASE_URL is None
DATABASES = {
    "default": (DATABASE_URL or {"ENGINE": "config.database", "NAME": "uplift", "FOLDER": VAR / "postgres"})
    | {"CONN_MAX_AGE": 60, "CONN_HEALTH_CHECKS": True}
}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

SECRET_KEYS = environment.words("UPLIFT_SECRET_KEYS")
if SECRET_KEYS:
    check_keys(SECRET_KEYS, "UPLIFT_SECRET_KEYS")
elif EMBEDDED_DATABASE:
    SECRET_KEYS = load_embedded_keys(VAR)
else:
    raise InvalidVariable("UPLIFT_SECRET_KEYS must be set together with DATABASE_URL. It encrypts secret values.")
SECRET_KEY, *SECRET_KEY_FALLBACKS = [derive_key(key, "django") for key in SECRET_KEYS]

# Applications
INSTALLED_APPS = [
    "config",
    "config.accounts",
    "templates_app",
    "apps_app",
    "upgrades_app",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django_filters",
    "django_htmx",
    "procrastinate.contrib.django",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "config.accounts.sessions.session_expired.SessionExpiredMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "apps_app.views.middleware.OperationRefusedMiddleware",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    },
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
INSTALLED_APPS.append("django.forms")

# People
AUTH_USER_MODEL = "accounts.User"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "/"
LOGOUT_REDIRECT_URL = "login"
SESSION_COOKIE_AGE = environment.number("UPLIFT_SESSION_HOURS", 12) * 3600
SESSION_SAVE_EVERY_REQUEST = False
PASSWORD_RESET_TIMEOUT = 3600
MAILERS = {"default": environment.email("UPLIFT_EMAIL_URL")}
DEFAULT_FROM_EMAIL = environment.text("UPLIFT_EMAIL_FROM", "uplift@localhost")

# The browser
ALLOWED_HOSTS = environment.words("UPLIFT_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = environment.words("UPLIFT_ORIGINS")
HTTPS = environment.flag("UPLIFT_HTTPS")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
BEHIND_PROXY = environment.flag("UPLIFT_PROXY")
if BEHIND_PROXY:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    USE_X_FORWARDED_HOST = True
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CSP = {
    "default-src": [CSP.SELF],
    "img-src": [CSP.SELF, "data:"],
    "object-src": [CSP.NONE],
    "base-uri": [CSP.NONE],
    "form-action": [CSP.SELF],
    "frame-ancestors": [CSP.NONE],
}

# Files
STATIC_URL = "/static/"
STATIC_ROOT = VAR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "django.contrib.staticfiles.storage.ManifestStaticFilesStorage"
    },
}
FILE_UPLOAD_HANDLERS = [
    "config.uploads.SizeLimitedUploadHandler",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
WHITENOISE_USE_FINDERS = DEBUG
WHITENOISE_AUTOREFRESH = DEBUG

# Language and time
LANGUAGE_CODE = "en"
USE_I18N = False
USE_TZ = True
TIME_ZONE = "UTC"
FORMAT_MODULE_PATH = "config.formats"
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024  # the form of a component has its config files, as opened and as typed
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # the form of a component with hundreds of variables

# Jobs and logs
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "tasks"
PROCRASTINATE_WORKER_DEFAULTS = {"concurrency": 4, "delete_jobs": "successful", "shutdown_graceful_timeout": 10}
LOGGING = configure_logs(
    environment.choice("UPLIFT_LOG_FORMAT", ("text", "json")),
    environment.choice("UPLIFT_LOG_LEVEL", ("INFO", "DEBUG", "WARNING", "ERROR")),
)
LOGGING_CONFIG = "logging.config.dictConfig"
