"""Settings, all of them: typed from the environment, safe by default.

``BISAT_ENV=development`` (what ``make run`` and ``make test`` use) allows a generated secret key,
mail and SMS on the console, and cookies without HTTPS. Anything else is production, and an unsafe
production start is refused here rather than discovered later.
"""

import hashlib
import secrets
from pathlib import Path
from urllib.parse import urlsplit

import environ
from celery.schedules import crontab
from csp.constants import NONE, SELF
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()
if (BASE_DIR / ".env").exists():
    env.read_env(BASE_DIR / ".env")

ENVIRONMENT: str = env.str("BISAT_ENV", "production")
DEVELOPMENT = ENVIRONMENT == "development"
DEBUG: bool = env.bool("DEBUG", False)
VAR_DIR = Path(env.str("BISAT_VAR", str(BASE_DIR / "var"))).resolve()


def _required(name: str, development: str) -> str:
    """The variable's value; in development it may be missing."""
    value: str = env.str(name, "")
    if value or DEVELOPMENT:
        return value or development
    raise ImproperlyConfigured(f"Set {name}: a production start does without it only at your users' risk.")


def _development_secret(name: str, size: int = 50) -> str:
    """A key of this checkout's own, kept between starts: ``size`` random bytes in base64url."""
    path = VAR_DIR / name
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(secrets.token_urlsafe(size))
    return path.read_text()


PAGES = ("templates/**/*.html", "locale/*/LC_MESSAGES/django.?o", "static/**/*.css", "static/**/*.js")


def _pages_fingerprint(base: Path = BASE_DIR) -> str:
    """Changes with all that a page is made of or names by its content, so that HTML which another release left in the
    cache is not shown."""
    digest = hashlib.sha256()
    for pattern in PAGES:
        for path in sorted(base.glob(pattern)):
            digest.update(path.read_bytes())
    return digest.hexdigest()[:12]


# --- who we are
SITE_URL: str = _required("SITE_URL", "http://127.0.0.1:8000").rstrip("/")
SECRET_KEY: str = env.str("SECRET_KEY", "") or (_development_secret("secret-key") if DEVELOPMENT else "")
if len(SECRET_KEY) < 40:
    raise ImproperlyConfigured("Set SECRET_KEY to at least 40 random characters.")
SECRET_KEY_FALLBACKS: list[str] = env.list("SECRET_KEY_FALLBACKS", default=[])
HTTPS = SITE_URL.startswith("https://")
if not DEVELOPMENT and not HTTPS:
    raise ImproperlyConfigured("SITE_URL must begin with https:// outside development.")
if not DEVELOPMENT and DEBUG:
    raise ImproperlyConfigured("DEBUG shows secrets to visitors: it is for BISAT_ENV=development only.")
ALLOWED_HOSTS: list[str] = env.list(
    "ALLOWED_HOSTS", default=[SITE_URL.split("//")[1].split(":", maxsplit=1)[0].split("/", maxsplit=1)[0]]
)
if DEVELOPMENT:
    ALLOWED_HOSTS = [*ALLOWED_HOSTS, "localhost", "127.0.0.1", "[::1]", "testserver"]
CSRF_TRUSTED_ORIGINS: list[str] = env.list("CSRF_TRUSTED_ORIGINS", default=[SITE_URL] if HTTPS else [])
TRUSTED_PROXIES: int = env.int("TRUSTED_PROXIES", 0)  # how many proxies stand in front and append X-Forwarded-For

# --- a seller's desk
LISTINGS_CHECKED_FIRST: int = env.int(
    "LISTINGS_CHECKED_FIRST", 3
)  # products of a new channel that staff see first; 0: none
LISTING_EDITS_SAMPLED: float = env.float("LISTING_EDITS_SAMPLED", 0.1)  # share of large edits that staff see; 0: none
LISTING_PRICE_BOUND: int = env.int("LISTING_PRICE_BOUND", 30)  # an edit is large above so many percent of the price
LISTING_PICTURE_BOUND: int = env.int("LISTING_PICTURE_BOUND", 50)  # ... or with more than so many percent new pictures
BULK_EDIT_ROWS: int = env.int("BULK_EDIT_ROWS", 2000)  # products of one bulk edit at most

# --- rooms, top floor first; tests/test_architecture.py reads this order
LAYERS = [
    "core",
    "accounts",
    "news",
    "sellers",
    "sandbox",
    "webhooks",
    "payments",
    "chat",
    "community",
    "recommender",
    "ads",
    "shop",
    "insights",
    "demo",
    "config",
]
INSTALLED_APPS = [
    "config.apps.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.sitemaps",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "django.contrib.humanize",
    "django.forms",
    "template_partials.apps.SimpleAppConfig",
    "django_htmx",
    "csp",
    "lucide",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "pgtrigger",
    "core",
    "accounts",
    "news",
    "sellers",
    "payments",
    "payments.sandbox",
    "payments.webhooks",
    "chat",
    "community",
    "recommender",
    "ads",
    "shop",
    "insights",
    "demo",
]
MIDDLEWARE = [
    "core.middleware.guest_page_cache",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # hides the length of tokens by random bytes
    "csp.middleware.CSPMiddleware",
    "core.middleware.security_headers",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "core.middleware.locale",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "accounts.middleware.Authentication",
    "core.middleware.preferences",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.middleware.too_many",
]
ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

_loaders = ["core.loaders.Loader", "django.template.loaders.app_directories.Loader"]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    _loaders if DEBUG else [("django.template.loaders.cached.Loader", _loaders)],
                )
            ],
            "builtins": [
                "template_partials.templatetags.partials",
                "lucide.templatetags.lucide",
                "core.templatetags.bisat",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.context_processors.site",
            ],
        },
    }
]
FORM_RENDERER = "core.forms.Renderer"

# --- PostgreSQL: the only engine. The owner's address is for migrations, the program's for everything else.
DATABASE_URL: str = _required("DATABASE_URL", "postgresql://127.0.0.1/bisat")
DATABASES = {"default": env.db_url_config(DATABASE_URL)}
DATABASE_POOLED = env.bool("DATABASE_POOLED", False)
DATABASES["default"] |= {
    "ENGINE": "core.postgresql",
    "CONN_HEALTH_CHECKS": not DATABASE_POOLED,  # core.postgresql looks after the pool
    "OPTIONS": DATABASES["default"].get("OPTIONS", {})
    | {"application_name": "bisat"}
    | {"prepare_threshold": 5 if env.bool("DATABASE_PREPARED", True) else None}  # core.planned alone
    | ({"pool": {"min_size": 1, "max_size": env.int("DATABASE_POOL", 8), "timeout": 10}} if DATABASE_POOLED else {}),
}

# --- Redis protocol: cache and broker. The cache may vanish (core.cache), the truth is in PostgreSQL.
REDIS_URL: str = _required("REDIS_URL", "redis://127.0.0.1:6379/0")
CACHES = {
    "default": {
        "BACKEND": "core.cache.DegradingRedisCache",
        "LOCATION": REDIS_URL,
        "TIMEOUT": 300,
        "KEY_PREFIX": f"{env.str('CACHE_PREFIX', 'bisat')}:{_pages_fingerprint()}",
        "OPTIONS": {"socket_timeout": 1, "socket_connect_timeout": 1},
    }
}
GUEST_PAGE_SECONDS: int = env.int("GUEST_PAGE_SECONDS", 30)  # 0 turns the cache of whole pages off
SESSION_ENGINE = "accounts.sessions"
SESSION_DAYS = 90
SESSION_COOKIE_AGE = 60 * 60 * 24 * SESSION_DAYS

# --- event streams of chats: a path behind a proxy, else an address of its own that `make run` sets
STREAM_URL: str = env.str("STREAM_URL", "/stream/")
STREAM_TOPIC = f"{env.str('CACHE_PREFIX', 'bisat')}:chat"  # Redis topics know no database number

CELERY_BROKER_URL = REDIS_URL
CELERY_BROKER_TRANSPORT_OPTIONS = {
    # A killed worker's jobs come back after this (but for one on its way to it, which sweeps make up for): longer than
    # the longest job, which is stopped before.
    "visibility_timeout": env.int("JOB_SECONDS", 300) * 1.1,
    "unacked_restore_interval": 5,
    "unacked_restore_throttle": 1,
    "unacked_mutex_expire": 30,  # a worker killed while it brings such jobs back keeps the others from it for so long
    # Whoever asks for work while the broker is away learns it at once; workers reconnect by rules of their own.
    "max_retries": 1,
    "interval_start": 0,
    "global_keyprefix": env.str("CELERY_PREFIX", "bisat:"),
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_MEMORY_PER_CHILD = 400_000  # kilobytes
CELERY_TASK_IGNORE_RESULT = True
# Redis serves a queue by ranks from 0, which all work has that does not say otherwise, to 9, which is served last.
CELERY_TASK_ROUTES = {"demo.draw_picture": {"priority": 9}, "sellers.deliver_hooks": {"priority": 6}}
CELERY_TASK_TIME_LIMIT = env.int("JOB_SECONDS", 300)
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "celerybeat-schedule")
CELERY_BEAT_SCHEDULE = {
    "publish-due-posts": {"task": "sellers.publish_due_posts", "schedule": 15.0},
    "go-on-with-bulk-edits": {"task": "sellers.go_on_with_bulk_edits", "schedule": 120.0},
    "make-missing-widths": {"task": "core.make_missing_widths", "schedule": 120.0},
    "end-past-holidays": {"task": "sellers.end_past_holidays", "schedule": 300.0},
    "tell-low-stock": {"task": "sellers.tell_low_stock", "schedule": crontab(minute="10")},
    "refresh-popularity": {"task": "shop.refresh_popularity", "schedule": 60.0},
    "recount-popularity": {"task": "shop.refresh_popularity", "schedule": 86400.0, "kwargs": {"everything": True}},
    "send-due-digests": {"task": "news.send_due_digests", "schedule": 60.0},
    "deliver-outbox": {"task": "core.deliver_outbox", "schedule": 5.0, "options": {"expires": 5}},
    "run-due-payments": {"task": "payments.run_due", "schedule": 15.0},
    "sweep-attempts": {"task": "payments.sweep_attempts", "schedule": 60.0},
    "run-due-ads": {"task": "ads.run_due", "schedule": 60.0},
    "sweep-checkouts": {"task": "ads.sweep_checkouts", "schedule": 60.0},
    "refund-ended-ads": {"task": "ads.refund_ended", "schedule": 60.0},
    "reconcile-ads": {"task": "ads.reconcile", "schedule": crontab(hour="2", minute="50")},
    "sweep-refunds": {"task": "payments.sweep_refunds", "schedule": 60.0},
    "remind-of-deadlines": {"task": "payments.remind", "schedule": 600.0},
    "count-reply-times": {"task": "chat.count_reply_times", "schedule": crontab(hour=3, minute=10)},
    "reconcile": {"task": "payments.reconcile", "schedule": crontab(hour=2, minute=30)},
    "index-missed": {"task": "shop.index_missed", "schedule": 300.0},
    "count-words": {"task": "shop.count_words", "schedule": crontab(hour="3", minute="15")},
    "tell-alerts": {"task": "shop.tell_alerts", "schedule": 300.0},
    "forget-unconfirmed-alerts": {"task": "shop.forget_unconfirmed_alerts", "schedule": crontab(hour="3", minute="25")},
    "sweep-unfinished": {"task": "accounts.sweep_unfinished", "schedule": crontab(hour="3", minute="10")},
    "make-exports": {"task": "accounts.make_exports", "schedule": 60.0, "options": {"expires": 60}},
    "forget-exports": {"task": "accounts.forget_exports", "schedule": 3600.0},
    "erase-due": {"task": "accounts.erase_due", "schedule": 600.0},
    "deliver-hooks": {"task": "sellers.deliver_hooks", "schedule": 15.0, "options": {"expires": 15}},
    "prune-hook-log": {"task": "sellers.prune_deliveries", "schedule": crontab(hour="4", minute="10")},
    "sweep-pictures": {"task": "core.sweep_pictures", "schedule": crontab(hour="3", minute="20")},
    "forget-notices": {"task": "webhooks.forget_handled", "schedule": crontab(hour="3", minute="40")},
    "forget-past": {"task": "core.forget_past", "schedule": crontab(hour="3", minute="30")},
    "prune-outbox": {"task": "core.prune_outbox", "schedule": crontab(hour="3", minute="40")},
    "make-neighbors": {"task": "recommender.start", "schedule": crontab(hour="2", minute="0")},
    "go-on-with-neighbors": {"task": "recommender.go_on", "schedule": 300.0},
    "refresh-neighbors": {"task": "recommender.refresh", "schedule": 20.0, "options": {"expires": 20}},
    "count-exposure": {"task": "recommender.count_exposure", "schedule": 300.0},
    "report-exposure": {"task": "recommender.report_exposure", "schedule": crontab(hour="5", minute="0")},
    "compare-groups": {"task": "recommender.compare_groups", "schedule": crontab(hour="4", minute="0")},
    "prune-interactions": {"task": "recommender.prune", "schedule": crontab(hour="0", minute="15")},
    "tell-closed-polls": {"task": "community.tell_closed_polls", "schedule": 60.0},
    "send-group-digest": {"task": "community.send_digest", "schedule": crontab(hour="7", minute="0")},
    "end-smoke-tests": {"task": "insights.end_overdue", "schedule": 60.0},
    "sweep-insights": {"task": "insights.sweep", "schedule": crontab(hour="3", minute="45")},
    "roll-up-insights": {"task": "insights.roll_up", "schedule": crontab(minute="7,37")},
    "prune-insights": {"task": "insights.prune", "schedule": crontab(hour="0", minute="20")},
    "charge-clicks": {"task": "ads.charge", "schedule": 2.0, "options": {"expires": 2}},
    "look-for-ad-money": {"task": "ads.look_for_money", "schedule": 10.0, "options": {"expires": 10}},
    "review-changed-ads": {"task": "ads.review_changed", "schedule": 60.0},
    "end-past-campaigns": {"task": "ads.end_past", "schedule": 300.0},
    "roll-up-ads": {"task": "ads.roll_up", "schedule": 300.0},
    "renew-audiences": {"task": "ads.renew_audiences", "schedule": crontab(hour="4", minute="20")},
    "measure-lifts": {"task": "ads.measure_lifts", "schedule": crontab(hour="4", minute="40")},
    "prune-ad-events": {"task": "ads.prune", "schedule": crontab(hour="0", minute="20")},
    "go-on-with-imports": {"task": "sellers.go_on_with_imports", "schedule": 60.0},
    "sweep-imports": {"task": "sellers.sweep_imports", "schedule": 3600.0},
    "train-categories": {"task": "sellers.train_categories", "schedule": crontab(hour="4", minute="50")},
    "prune-news": {"task": "news.prune_news", "schedule": crontab(hour="3", minute="50")},
}

# --- people
AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ("email", "phone", "display_name")},
    },
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "shop:tab"
ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
# One required field of our sign-up form takes either; to allauth it is the required e-mail address.
ACCOUNT_SIGNUP_FIELDS = ["email*", "phone", "password1*"]
ACCOUNT_FORMS = {
    "login": "accounts.forms.LoginForm",
    "signup": "accounts.forms.SignupForm",
    "add_email": "accounts.forms.AddEmailForm",
    "change_email": "accounts.forms.ChangeEmailForm",
    "change_phone": "accounts.forms.ChangePhoneForm",
    "verify_phone": "accounts.forms.PhoneCodeForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "confirm_email_verification_code": "accounts.forms.EmailCodeForm",
    "confirm_password_reset_code": "accounts.forms.ResetCodeForm",
    "confirm_login_code": "accounts.forms.LoginCodeForm",
    "request_login_code": "accounts.forms.RequestLoginCodeForm",
}
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "dashed": False, "length": 6}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = ACCOUNT_PHONE_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = ACCOUNT_PHONE_VERIFICATION_MAX_ATTEMPTS = 5
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
ACCOUNT_CHANGE_EMAIL = True  # one address a person, replaced once the new one is verified
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_LOGOUT_REDIRECT_URL = "shop:tab"
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
# allauth counts in the cache, on top of accounts.limits, which counts in PostgreSQL and locks accounts.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "30/m/ip,30/900s/key",
    "verify_phone": "20/m/ip,1/10s/key",
    "change_phone": "6/m/user",
}
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_FORMS = {
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.ReauthenticateByFactorForm",
    "activate_totp": "accounts.forms.ActivateTOTPForm",
    "add_webauthn": "accounts.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.forms.EditPasskeyForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_RECOVERY_CODES_SHOW_ONCE = True
MFA_TOTP_ISSUER = "Bisat"
MFA_TOTP_TOLERANCE = 1  # a code may be half a minute late: clocks differ and people type slowly
EXPORT_DAYS: int = env.int("EXPORT_DAYS", 7)  # an archive of somebody's data can be fetched so long
ERASURE_DAYS: int = env.int("ERASURE_DAYS", 14)  # between asking to leave and being gone
# Where nothing optional (picks for people, measuring) may happen before somebody said yes.
CONSENT_FIRST: bool = env.bool("CONSENT_FIRST", False)
OPERATOR_NAME: str = env.str("OPERATOR_NAME", "Bisat")  # who answers for the site; stands on its legal pages
OPERATOR_ADDRESS: str = env.str("OPERATOR_ADDRESS", "")
OPERATOR_EMAIL: str = env.str("OPERATOR_EMAIL", "")
# A class with send(to=, text=); without one nobody is offered to sign up by telephone.
SMS_BACKEND: str = env.str("SMS_BACKEND", "accounts.sms.ConsoleBackend" if DEVELOPMENT else "")
EMAIL_CONFIG = env.email_url("EMAIL_URL", default="consolemail://" if DEVELOPMENT else "smtp://localhost:25")
vars().update(EMAIL_CONFIG)
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", "Bisat <hello@localhost>")

# --- news in browsers: an EC P-256 key (32 bytes in base64url); without one push is not offered
VAPID_PRIVATE_KEY: str = env.str("VAPID_PRIVATE_KEY", "") or (
    _development_secret("vapid-key", 32) if DEVELOPMENT else ""
)
# Whom a push service asks when we misbehave: mailto: or https:.
VAPID_SUBJECT: str = env.str("VAPID_SUBJECT", SITE_URL if HTTPS else "mailto:hello@localhost.localdomain")
PUSH_HOSTS: list[str] = env.list(
    "PUSH_HOSTS",
    default=[
        "fcm.googleapis.com",
        "updates.push.services.mozilla.com",
        "*.notify.windows.com",
        "web.push.apple.com",
    ],
)
if DEVELOPMENT:
    PUSH_HOSTS = [*PUSH_HOSTS, "127.0.0.1"]

# --- money
PAYMENT_PROVIDERS: list[str] = env.list("PAYMENT_PROVIDERS", default=["sandbox"] if DEVELOPMENT else [])
if unknown := set(PAYMENT_PROVIDERS) - {"sandbox", "zarinpal", "stripe"}:
    raise ImproperlyConfigured(
        f"PAYMENT_PROVIDERS knows sandbox, zarinpal and stripe, not {', '.join(sorted(unknown))}."
    )
if "sandbox" in PAYMENT_PROVIDERS and not DEVELOPMENT:
    raise ImproperlyConfigured(
        "PAYMENT_PROVIDERS must not list the sandbox outside development: anybody could pay there."
    )
if "sandbox" in PAYMENT_PROVIDERS:
    CELERY_BEAT_SCHEDULE["tell-reversals"] = {"task": "sandbox.tell_reversals", "schedule": 60.0}
PAYMENT_CONNECT_SECONDS: float = env.float("PAYMENT_CONNECT_SECONDS", 4)
PAYMENT_READ_SECONDS: float = env.float("PAYMENT_READ_SECONDS", 12)
SANDBOX_URL = SITE_URL
_zarinpal_host = "sandbox" if env.bool("ZARINPAL_SANDBOX", False) else "payment"
ZARINPAL_URL = f"https://{_zarinpal_host}.zarinpal.com"
ZARINPAL_MERCHANT_ID: str = env.str("ZARINPAL_MERCHANT_ID", "")
STRIPE_API_URL = "https://api.stripe.com"
STRIPE_SECRET_KEY: str = env.str("STRIPE_SECRET_KEY", "")
STRIPE_WEBHOOK_SECRET: str = env.str("STRIPE_WEBHOOK_SECRET", "")
for _provider, _name in (
    ("zarinpal", "ZARINPAL_MERCHANT_ID"),
    ("stripe", "STRIPE_SECRET_KEY"),
    ("stripe", "STRIPE_WEBHOOK_SECRET"),
):
    if _provider in PAYMENT_PROVIDERS and not env.str(_name, ""):
        raise ImproperlyConfigured(f"Set {_name}: PAYMENT_PROVIDERS lists {_provider}.")

# --- channels
HOOK_LOG_DAYS: int = env.int("HOOK_LOG_DAYS", 30)  # what webhooks were told is kept so long
OUTGOING_TO_LOOPBACK = DEVELOPMENT  # webhooks to this machine, and without HTTPS: never where strangers may add one
CHANNELS_OPEN_WITHOUT_STAFF: bool = env.bool("CHANNELS_OPEN_WITHOUT_STAFF", False)
IMPORT_MAX_BYTES = 513 * 2**20  # of one upload: a file and its pictures, 256 MB each
IMPORT_FETCH_PICTURES: bool = env.bool("IMPORT_FETCH_PICTURES", True)  # from links in sellers' tables

# --- money
PAYMENT_FEE_BASIS_POINTS: int = env.int("PAYMENT_FEE_BASIS_POINTS", 500)  # of what the seller gets; 500 is 5 %
# Above it (minor units) a decision about a dispute needs two persons.
DISPUTE_TWO_PERSON_MINOR = {"USD": 200_00, "EUR": 200_00, "IRR": 100_000_000, "TWD": 6_000}

# --- ads
# Above it (minor units) an approval of credit for ads needs two persons.
ADS_TWO_PERSONS_ABOVE_MINOR = {"USD": 1000_00, "EUR": 1000_00, "IRR": 500_000_000, "TWD": 30_000}
ADS_LATE_FEE_BASIS_POINTS: int = env.int("ADS_LATE_FEE_BASIS_POINTS", 200)  # of what is left when it gets late

# --- recommendations
INTERACTION_SECONDS: float = env.float("INTERACTION_SECONDS", 0.3)  # what people do waits so long to be written
RECOMMENDER_DIR = Path(env.str("RECOMMENDER_DIR", str(VAR_DIR / "recommender")))  # what workers of one table share
# At most, and never more than a quarter of JOB_SECONDS (recommender.store).
RECOMMENDER_REGRESSION_SECONDS: float = env.float("RECOMMENDER_REGRESSION_SECONDS", 600)
INTERACTION_DAYS: int = env.int("INTERACTION_DAYS", 180)  # and is kept so long
IMPRESSION_DAYS: int = env.int("IMPRESSION_DAYS", 30)
VISIT_DAYS: int = env.int("VISIT_DAYS", 60)  # how long pages were in use, and searches, nobody's
# The share of people who see no picks of their own, so that it can be seen what those are good for; 0 asks nobody.
HOLDOUT_SHARE: float = env.float("HOLDOUT_SHARE", 0.0 if DEVELOPMENT else 0.05)
CHANNEL_IMPRESSIONS: int = env.int("CHANNEL_IMPRESSIONS", 100)  # each open channel is shown so often in seven days

# --- ads
# people; of fewer it could be guessed who they are (a demo market has few)
ADS_LEAST_AUDIENCE: int = env.int("ADS_LEAST_AUDIENCE", 20 if DEVELOPMENT else 50)
# The share of people who see no ads, so that it can be said what ads are good for; 0 leaves nobody out.
ADS_HOLDOUT_SHARE: float = env.float("ADS_HOLDOUT_SHARE", 0.0 if DEVELOPMENT else 0.05)
AD_EVENT_DAYS: int = env.int("AD_EVENT_DAYS", 60)  # for which each ad shown and clicked is kept; its counts stay
ADS_FLOOR_MINOR = {"USD": 5, "EUR": 5, "IRR": 20_000, "TWD": 2}  # the least a click costs

# --- languages and places
LANGUAGES = [("en", _("English")), ("fa", _("Persian")), ("zh-hant", _("Traditional Chinese"))]
LANGUAGE_CODE = "en"
LOCALE_PATHS = [BASE_DIR / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
DEFAULT_MARKET: str = env.str("DEFAULT_MARKET", "us")

# --- files
STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor", BASE_DIR / "node_modules/htmx.org/dist"),
    *(
        ("fonts", BASE_DIR / f"node_modules/@fontsource-variable/{name}/files")
        for name in ("figtree", "bricolage-grotesque", "vazirmatn")
    ),
]
MEDIA_URL: str = env.str("MEDIA_URL", "/media/")
MEDIA_ROOT = Path(env.str("MEDIA_ROOT", str(VAR_DIR / "media")))
PRIVATE_ROOT = Path(env.str("PRIVATE_ROOT", str(VAR_DIR / "private")))  # pictures that only guarded pages show
DEMO_ART_DIR: str = env.str("DEMO_ART", str(BASE_DIR / "var" / "demo-art"))
S3_BUCKET: str = env.str("S3_BUCKET", "")
STORAGES: dict[str, dict[str, object]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "private": {"BACKEND": "django.core.files.storage.FileSystemStorage", "OPTIONS": {"location": PRIVATE_ROOT}},
    "staticfiles": {"BACKEND": "core.staticfiles.BundledManifestStorage"},
}
_pictures_at = ""  # where browsers fetch pictures, if not from us
if S3_BUCKET:
    from botocore.config import Config

    S3_PRIVATE_BUCKET: str = env.str("S3_PRIVATE_BUCKET", "")
    if S3_PRIVATE_BUCKET in ("", S3_BUCKET):
        raise ImproperlyConfigured(
            "Set S3_PRIVATE_BUCKET: pictures of disputes lie in a bucket that strangers cannot read."
        )

    _s3_endpoint, _s3_domain = env.str("S3_ENDPOINT", ""), env.str("S3_PUBLIC_DOMAIN", "")
    _pictures_at = f"https://{_s3_domain}" if _s3_domain else _s3_endpoint or f"https://{S3_BUCKET}.s3.amazonaws.com"
    _s3_options = {
        "bucket_name": S3_BUCKET,
        "endpoint_url": _s3_endpoint or None,
        "region_name": env.str("S3_REGION", "") or None,
        "access_key": env.str("S3_ACCESS_KEY", "") or None,
        "secret_key": env.str("S3_SECRET_KEY", "") or None,
        "file_overwrite": False,
        # Amazon's newer checksums, sent by default, are refused by many compatible servers.
        "client_config": Config(request_checksum_calculation="when_required"),
    }
    _s3_public = {
        "custom_domain": _s3_domain or None,
        "querystring_auth": False,
        "object_parameters": {"CacheControl": "public, max-age=31536000, immutable"},
    }
    _s3_private = {
        "bucket_name": S3_PRIVATE_BUCKET,
        "object_parameters": {"CacheControl": "private, no-store"},
    }
    STORAGES |= {
        "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _s3_options | _s3_public},
        "private": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": _s3_options | _s3_private},
    }
DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 2**20
FILE_UPLOAD_MAX_MEMORY_SIZE = 2**20
DATA_UPLOAD_MAX_NUMBER_FILES = 40  # more than a post takes: what is too much is named, not dropped
UPLOAD_MAX_BYTES = 15 * 2**20  # one picture
PICTURE_MAX_PIXELS = 25_000_000

# --- browser security
_pictures_origin = ["{0.scheme}://{0.netloc}".format(urlsplit(_pictures_at))] if _pictures_at else []
_stream_origin = ["/".join(STREAM_URL.split("/")[:3])] if "://" in STREAM_URL else []
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF],
        "style-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF, *_stream_origin],
        "manifest-src": [SELF],
        "worker-src": [SELF],
        "media-src": [SELF],
        "img-src": [SELF, "blob:", "data:", *_pictures_origin],
        "form-action": [SELF],
        "base-uri": [NONE],
        "frame-ancestors": [NONE],
        "object-src": [NONE],
    }
}
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "strict-origin-when-cross-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = LANGUAGE_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "core.views.csrf_failure"
if HTTPS:
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME, LANGUAGE_COOKIE_NAME = "__Host-session", "__Host-csrf", "__Host-language"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = LANGUAGE_COOKIE_SECURE = True
    SECURE_SSL_REDIRECT = env.bool("SECURE_SSL_REDIRECT", True)
    SECURE_HSTS_SECONDS = env.int("SECURE_HSTS_SECONDS", 60 * 60 * 24 * 365)
    SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = True
    if TRUSTED_PROXIES:
        SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", "INFO")},
    "loggers": {
        "django.server": {"handlers": ["console"], "level": "INFO", "propagate": False},
        "stripe": {"level": "WARNING"},  # it writes a line for each request otherwise
    },
}
