"""Settings, all from the environment; a wrong value stops the start and names its variable (env.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import django

from council_hms.env import (
    env_text,
    envbool,
    envchoice,
    envdatabase,
    envint,
    envlist,
    envsecret,
    envurl,
    origin_of,
)

BASE_DIR = Path(__file__).resolve().parent.parent

# -- who and where -----------------------------------------------------------------------------

DEBUG = envbool("DEBUG", default=False)
SECRET_KEY = envsecret("SECRET_KEY", default="for-development-only-" + "x" * 40 if DEBUG else None)
ALLOWED_HOSTS = envlist("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = envlist("CSRF_TRUSTED_ORIGINS", default=[])
#: Whether the product is reached by https, which decides cookies, redirects and HSTS.
SECURE = envbool("SECURE", default=True)
#: A line shown on every page of a trial or training copy; empty in earnest.
ENVIRONMENT_NOTICE = env_text("ENVIRONMENT_NOTICE", default="")
#: Uploads and published files.
MEDIA_ROOT = Path(env_text("MEDIA_ROOT", default=str(BASE_DIR / ".state" / "media")))
#: Shows the component gallery; for development and tests.
GALLERY = envbool("GALLERY", default=DEBUG)

# -- the parts ---------------------------------------------------------------------------------

INSTALLED_APPS = [
    "council_hms",
    "projects",
    "budgets",
    "risks",
    "lessons",
    "reports",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",  # so that FORM_RENDERER finds templates of ours first
    "pgtrigger",
    "pghistory",
    "django_tables2",
    "django_filters",
    "import_export",
    "django_htmx",
    "rules",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_permissions_policy.PermissionsPolicyMiddleware",
    "council_hms.middleware.DatabaseAwayMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "council_hms.kept_typing.KeepTypingMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "council_hms.middleware.SessionLimitMiddleware",
    "council_hms.middleware.CleanInputMiddleware",
    "council_hms.second_factor.SecondFactorMiddleware",
    "council_hms.access.AccessMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "council_hms.middleware.NoStoreMiddleware",
    "council_hms.middleware.HistoryMiddleware",
    "council_hms.security_log.SecurityLogMiddleware",
]

ROOT_URLCONF = "council_hms.urls"
WSGI_APPLICATION = "council_hms.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "council_hms.context.site",
            ],
            "builtins": [
                "council_hms.templatetags.figures",
                "council_hms.templatetags.history_links",
            ],
        },
    }
]
FORM_RENDERER = "council_hms.forms.GovukRenderer"
DJANGO_TABLES2_TEMPLATE = "components/table.html"

# -- data --------------------------------------------------------------------------------------

DATABASES: dict[str, Any] = {
    "default": {
        **envdatabase("DATABASE_URL"),
        "ATOMIC_REQUESTS": False,  # a service is one transaction; a page that only reads needs none
        "CONN_MAX_AGE": 600,
        "CONN_HEALTH_CHECKS": True,
        "OPTIONS": {
            "options": f"-c statement_timeout={envint('STATEMENT_TIMEOUT_MS', default=30_000)} "
            "-c lock_timeout=5000 -c idle_in_transaction_session_timeout=60000",
            "prepare_threshold": 5,
        },
    }
}
# Triggers are declared on the models and put in place after each migrate; those no longer declared are
# taken away. As steps of migrations they cost a minute and could drift from the models.
PGTRIGGER_MIGRATIONS = False
PGTRIGGER_INSTALL_ON_MIGRATE = True
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
CACHES = {
    "default": {
        "BACKEND": "django.core.cache.backends.db.DatabaseCache",
        "LOCATION": "shared_cache",
    }
}
DATA_UPLOAD_MAX_NUMBER_FIELDS = 20_000  # an entry grid of 100 rows × 20 columns, with room
FILE_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# -- people ------------------------------------------------------------------------------------

AUTH_USER_MODEL = "council_hms.User"
AUTHENTICATION_BACKENDS = [
    "rules.permissions.ObjectPermissionBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_ADAPTER = "council_hms.sign_in.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "council_hms.sign_in.LoginForm",
    "change_password": "council_hms.sign_in.ChangePasswordForm",
    "reset_password": "council_hms.sign_in.ResetPasswordForm",
    "reset_password_from_key": "council_hms.sign_in.ResetPasswordKeyForm",
    "reauthenticate": "council_hms.sign_in.AgainForm",
}
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "account_login"
ACCOUNT_PREVENT_ENUMERATION = True
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "council_hms.second_factor.SecondFactorAdapter"
MFA_TOTP_TOLERANCE = 1  # a telephone's clock may be half a minute out
MFA_ALLOW_UNVERIFIED_EMAIL = True  # the administrator who made the account vouches for the address
MFA_FORMS = {
    "authenticate": "council_hms.sign_in.CodeForm",
    "reauthenticate": "council_hms.sign_in.CodeAgainForm",
    "activate_totp": "council_hms.sign_in.FirstCodeForm",
}
#: Ask for a second factor of those who write or see exempt matter. Off only for demonstrations.
SECOND_FACTOR = envbool("SECOND_FACTOR", default=True)
#: The council's own OpenID Connect service, where it has one; beside passwords, never instead.
SINGLE_SIGN_ON_URL = envurl("SINGLE_SIGN_ON_URL", default="")
SINGLE_SIGN_ON_NAME = env_text("SINGLE_SIGN_ON_NAME", default="your council account")
SOCIALACCOUNT_ADAPTER = "council_hms.single_sign_on.Adapter"
SOCIALACCOUNT_PROVIDERS: dict[str, Any] = {}
if SINGLE_SIGN_ON_URL:
    SOCIALACCOUNT_PROVIDERS["openid_connect"] = {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "council",  # part of the address that the service sends people back to
                "name": SINGLE_SIGN_ON_NAME,
                "client_id": env_text("SINGLE_SIGN_ON_CLIENT_ID", default=""),
                "secret": envsecret("SINGLE_SIGN_ON_SECRET", default=None),
                "settings": {"server_url": SINGLE_SIGN_ON_URL},
            }
        ],
    }
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_IDLE_SECONDS = envint("SESSION_IDLE_SECONDS", default=30 * 60)

# -- words, time, mail -------------------------------------------------------------------------

LANGUAGE_CODE = "en-gb"
TIME_ZONE = "Europe/London"
USE_I18N = False
USE_TZ = True
_MAIL_HOST = env_text("EMAIL_HOST", default="")
_MAIL_BACKEND = f"django.core.mail.backends.{'smtp' if _MAIL_HOST else 'console'}.EmailBackend"
_MAIL_SERVER: dict[str, Any] = {
    "host": _MAIL_HOST,
    "port": envint("EMAIL_PORT", default=587),
    "username": env_text("EMAIL_HOST_USER", default=""),
    "password": envsecret("EMAIL_HOST_PASSWORD", default=""),
    "use_tls": envbool("EMAIL_USE_TLS", default=True),
}
if django.VERSION >= (6, 1):  # which has one setting for all, and warns of the older ones
    MAILERS = {"default": {"BACKEND": _MAIL_BACKEND, "OPTIONS": _MAIL_SERVER if _MAIL_HOST else {}}}
else:
    EMAIL_BACKEND = _MAIL_BACKEND
    EMAIL_HOST = _MAIL_SERVER["host"]
    EMAIL_PORT = _MAIL_SERVER["port"]
    EMAIL_HOST_USER = _MAIL_SERVER["username"]
    EMAIL_HOST_PASSWORD = _MAIL_SERVER["password"]
    EMAIL_USE_TLS = _MAIL_SERVER["use_tls"]
DEFAULT_FROM_EMAIL = env_text("DEFAULT_FROM_EMAIL", default="council-hms@localhost")
#: Where mail says that the product is reached, without a slash at the end.
SITE_URL = envurl("SITE_URL", default="http://localhost:8000")

# -- files and safety --------------------------------------------------------------------------

STATIC_URL = "static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'", *origin_of(SINGLE_SIGN_ON_URL)],  # the button that leads there
        "frame-ancestors": ["'none'"],
        "base-uri": ["'none'"],
    }
}
PERMISSIONS_POLICY: dict[str, list[str]] = {
    feature: []
    for feature in ("camera", "geolocation", "microphone", "payment", "usb", "fullscreen")
}
X_FRAME_OPTIONS = "DENY"
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
if SECURE:
    SECURE_SSL_REDIRECT = envbool("SECURE_SSL_REDIRECT", default=True)
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-session", "__Host-csrf"

# -- packages ----------------------------------------------------------------------------------

IMPORT_EXPORT_ESCAPE_FORMULAE_ON_EXPORT = True

LOG_LEVELS = ("DEBUG", "INFO", "WARNING", "ERROR")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s %(message)s"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {
        "handlers": ["console"],
        "level": envchoice("LOG_LEVEL", LOG_LEVELS, default="WARNING"),
    },
    "loggers": {"council_hms": {"level": "INFO"}},
}
