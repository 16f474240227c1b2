"""A Django site whose users and groups also open the dashboards: what is special here stands at the end.

What differs from place to place comes from the environment:
    SITE_URL        where people find this site, such as https://id.example
    SITE_STATE      the folder of the database and of the key that signs ID tokens
    SITE_SECRET     Django's SECRET_KEY
"""

import os
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured


def required(name: str) -> str:
    value = os.environ.get(name)
    if not value:
        raise ImproperlyConfigured(f"{name} is not set: harbour/settings.py says what it is")
    return value


# The database holds sessions and codes: other users of the machine do not read what this site writes.
os.umask(0o077)

BASE_DIR = Path(__file__).resolve().parent.parent
STATE = Path(required("SITE_STATE"))
SITE = urlsplit(required("SITE_URL"))
HTTPS = SITE.scheme == "https"

SECRET_KEY = required("SITE_SECRET")
ALLOWED_HOSTS = [SITE.hostname]
ROOT_URLCONF = "harbour.urls"
WSGI_APPLICATION = "harbour.wsgi.application"

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "oauth2_provider",
    "people",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
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
            ]
        },
    }
]
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": STATE / "site.sqlite3"}}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
USE_TZ = True
STATIC_URL = "static/"
# The admin's style sheets, from where Django keeps them.
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
CSRF_TRUSTED_ORIGINS = [f"{SITE.scheme}://{SITE.netloc}"]
if HTTPS:
    # TLS ends at a proxy that sets this header, and takes it off what comes from outside.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_SSL_REDIRECT = True
    SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"standard error": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["standard error"], "level": "WARNING"},
}

# The lines that make the site an OpenID provider: https://django-oauth-toolkit.readthedocs.io/en/latest/oidc.html
LOGIN_URL = "login"
SIGNING_KEY = STATE / "oidc.pem"
OAUTH2_PROVIDER = {
    "OIDC_ENABLED": True,
    # `manage.py signing_key` makes it.
    "OIDC_RSA_PRIVATE_KEY": SIGNING_KEY.read_text() if SIGNING_KEY.exists() else "",
    # Otherwise the issuer is whatever the request's Host says.
    "OIDC_ISS_ENDPOINT": f"{SITE.scheme}://{SITE.netloc}/o",
    "OAUTH2_VALIDATOR_CLASS": "people.claims.Claims",
    "SCOPES": {"openid": "Who you are", "profile": "Your name and groups", "email": "Your e-mail address"},
    # Codes with PKCE and nothing else, as RFC 9700 asks; the defaults of the library are older.
    "PKCE_REQUIRED": True,
    "OIDC_RESPONSE_TYPES_SUPPORTED": ["code"],
    "ALLOWED_REDIRECT_URI_SCHEMES": ["https"] if HTTPS else ["http", "https"],
    "REFRESH_TOKEN_REUSE_PROTECTION": True,
    **{
        f"COMPLIANT_BCP_RFC9700_{flag}": True
        for flag in (
            "IMPLICIT_GRANT",
            "PASSWORD_GRANT",
            "PKCE_METHOD",
            "ACCESS_TOKEN_TRANSPORT",
            "AUTHZ_RESPONSE_ISS",
            "TOKEN_STORAGE",
            "REFRESH_TOKEN",
        )
    },
    # The portal's "Sign out" ends the session here as well, and the way leads back to the portal.
    "OIDC_RP_INITIATED_LOGOUT_ENABLED": True,
    "OIDC_RP_INITIATED_LOGOUT_ALWAYS_PROMPT": False,
}
