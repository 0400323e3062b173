"""The site's settings, with the environment that the tests assume."""

import os

FACTS = {
    "SECRET_KEY": "for tests only",
    "DEBUG": "true",
    "SITE_URL": "http://testserver",
    "DATABASE_URL": "sqlite://:memory:",
    "SHOP_NAME": "Café Linde",
    "SHOP_TIME_ZONE": "Europe/Berlin",
    "SHOP_CURRENCY": "EUR",
    # In place: a test sees what became of it.
    "BACKGROUND": "inline",
    # A test without a stand-in gets a refused connection instead of reaching Amazon.
    "AWS_ACCESS_KEY_ID": "testing",
    "AWS_SECRET_ACCESS_KEY": "testing",
    "AWS_DEFAULT_REGION": "eu-central-1",
    "AWS_EC2_METADATA_DISABLED": "true",
    # moto: a thousand machine images in each account, which nobody here asks for.
    "MOTO_EC2_LOAD_DEFAULT_AMIS": "false",
    "REPORT_TOPIC_ARN": "arn:aws:sns:eu-central-1:123456789012:reports",
}
for name, value in FACTS.items():
    if name == "DATABASE_URL":
        os.environ.setdefault(name, value)
    else:
        os.environ[name] = value

from cafe_site.settings import *  # noqa: E402, F403
from cafe_site.settings import STATIC_ROOT, STORAGES  # noqa: E402

# Whitenoise warns of a folder that collectstatic has not made yet, and warnings are failures.
STATIC_ROOT.mkdir(parents=True, exist_ok=True)

# Photos: no test leaves files behind, and none meets S3.
STORAGES["default"] = {"BACKEND": "django.core.files.storage.InMemoryStorage"}

PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
AXES_ENABLED = False
