"""Django's settings: a list to read from top to bottom. What an operator sets is in `environment`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from hanse.kernel.signing import derive
from hanse.runtime.environment import LOCAL_HOSTS, postgres_settings, read_environment, sqlite_settings
from hanse.runtime.logs import logging_settings
from hanse.runtime.master_key import master_key

_environment = read_environment()
_package = Path(__file__).resolve().parent.parent

DATA_DIR = _environment.data
DATA_DIR.mkdir(parents=True, exist_ok=True)
HANSE_MASTER_KEY = master_key(DATA_DIR)
HANSE_PUBLIC_URL = _environment.public_url
HANSE_CLICK_RETENTION_DAYS = _environment.click_retention_days
HANSE_SMTP_URL = _environment.smtp_url
HANSE_INBOUND = _environment.inbound
HANSE_OUTBOUND_HOSTS = _environment.outbound_hosts
HANSE_MAIL_FROM = _environment.mail_from or f"Hanse <hanse@{_environment.public_host}>"

SECRET_KEY = derive(HANSE_MASTER_KEY, "django").hex()
DEBUG = False
ALLOWED_HOSTS = ["*"] if _environment.is_local else [_environment.public_host, *LOCAL_HOSTS]

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "hanse.spine",
    "hanse.people",
    "hanse.programs",
    "hanse.traffic",
    "hanse.money",
    "hanse.insight",
    "hanse.growth",
    "hanse.faces.apps.FacesConfig",
]
MIDDLEWARE = [
    "hanse.runtime.requests.RequestLogMiddleware",
    "django.middleware.security.SecurityMiddleware",
    "hanse.faces.common.policy.ContentPolicyMiddleware",
    "hanse.runtime.static.StaticMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "hanse.faces.common.reader.ReaderMiddleware",
    "hanse.faces.console.budget_ear.BudgetEar",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "hanse.faces.urls"
WSGI_APPLICATION = "hanse.runtime.wsgi.application"
APPEND_SLASH = False
TEMPLATES: list[dict[str, Any]] = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": ["hanse.faces.templatetags.frame"],  # its csrf_token also names the form's program
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ],
        },
    }
]

# --- stores -----------------------------------------------------------------------------------------------------------
DATABASES: dict[str, dict[str, Any]] = (
    {"default": postgres_settings(_environment.database_url)}
    if _environment.database_url
    else {
        "default": sqlite_settings(DATA_DIR / "main.sqlite3"),
        "clicks": sqlite_settings(DATA_DIR / "clicks.sqlite3"),
    }
)
DATABASE_ROUTERS = ["hanse.runtime.routers.ClickRouter"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- people who sign in -----------------------------------------------------------------------------------------------
AUTH_USER_MODEL = "people.TeamUser"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_SESSION_REMEMBER = True
MFA_TOTP_ISSUER = "Hanse"
LOGIN_URL = "/sign-in"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "hanse.faces.public.adapters.AccountAdapter"
MFA_ADAPTER = "hanse.faces.public.adapters.MfaAdapter"
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
SESSION_COOKIE_NAME = "hanse_session"
SESSION_COOKIE_SECURE = _environment.is_https
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_NAME = "hanse_csrf"
CSRF_COOKIE_SECURE = _environment.is_https
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "hanse.faces.errors.csrf_failed"
CSRF_TRUSTED_ORIGINS = [HANSE_PUBLIC_URL]

# --- behind the edge, which alone can reach the web role and always sets these two headers ----------------------------
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
USE_X_FORWARDED_HOST = True
DATA_UPLOAD_MAX_MEMORY_SIZE = 8 * 1024 * 1024  # what the edge takes at most; files in JSON need it
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
SECURE_HSTS_SECONDS = 31_536_000 if _environment.is_https else 0
X_FRAME_OPTIONS = "DENY"

# --- words and files --------------------------------------------------------------------------------------------------
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
LANGUAGES = [
    ("en", _("English")),
    ("es", _("Spanish")),
    ("pl", _("Polish")),
    ("ru", _("Russian")),
    ("zh-hant", _("Chinese")),
]
LOCALE_PATHS = [_package / "locale"]
STATIC_URL = "/static/"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "hanse.runtime.static.MarkedStorage"},
}
WHITENOISE_USE_FINDERS = True
WHITENOISE_ALLOW_ALL_ORIGINS = False
WHITENOISE_MAX_AGE = 600
EMAIL_BACKEND = "hanse.runtime.mail.OutboxBackend"
DEFAULT_FROM_EMAIL = HANSE_MAIL_FROM
LOGGING = logging_settings(_environment.log_level)
