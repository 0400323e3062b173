"""The demo's folders, secrets and environment variables.

This runs before Django's settings are loaded, because they read the environment once.
"""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from urllib.parse import quote

from cafe_site.env import env

ROOT = Path(__file__).resolve().parent.parent.parent
STATE = ROOT / "var" / "demo"
DATABASE = STATE / "cafe.sqlite3"
MAILS = STATE / "mails"
SECRETS = STATE / "secrets.json"

REGION = "eu-central-1"
ACCOUNT = "123456789012"  # The account id of moto.
TOPIC_NAME = "cafe-reports"
TOPIC_ARN = f"arn:aws:sns:{REGION}:{ACCOUNT}:{TOPIC_NAME}"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Generated once and stored, so that passwords stay the same in later runs."""

    secret_key: str
    owner_password: str
    staff_password: str


def load_secrets() -> Secrets:
    """Return the stored secrets; generate them at first, readable for this user only."""
    STATE.mkdir(parents=True, exist_ok=True)
    if not SECRETS.exists():
        drawn = Secrets(secrets.token_urlsafe(50), secrets.token_hex(8), secrets.token_hex(8))
        # Written to a temporary file and renamed, so that an interrupted run leaves no partial
        # file.
        draft = SECRETS.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(drawn), file)
        draft.replace(SECRETS)
    return Secrets(**json.loads(SECRETS.read_text()))


def set_environment(
    *, secret_key: str, port: int, aws_endpoint: str, database: Path = DATABASE
) -> None:
    """Return the demo's environment, without the shell's variables.

    A leftover variable must not connect the demo to a real database, nor an AWS profile to a real
    account.
    """
    for name in [*env.scheme, *(name for name in os.environ if name.startswith("AWS_"))]:
        os.environ.pop(name, None)
    os.environ.update(
        DJANGO_SETTINGS_MODULE="script.demo_parts.settings",
        SECRET_KEY=secret_key,
        DEBUG="false",
        SITE_URL=f"http://127.0.0.1:{port}",
        DATABASE_URL=f"sqlite:///{quote(str(database))}",
        # Four slashes: django-environ drops the first one of the path.
        EMAIL_URL=f"filemail:///{quote(str(MAILS))}",
        EMAIL_FROM="Café Linde <orders@example.com>",
        # A log line per event would hide the progress bars and the report.
        LOG_LEVEL="WARNING",
        SHOP_NAME="Café Linde",
        SHOP_TIME_ZONE="Europe/Berlin",
        SHOP_COUNTRY="DE",
        SHOP_CURRENCY="EUR",
        SHOP_PRICES_INCLUDE_TAX="true",
        REPORT_TOPIC_ARN=TOPIC_ARN,
        AWS_ENDPOINT_URL=aws_endpoint,
        AWS_ACCESS_KEY_ID="testing",
        AWS_SECRET_ACCESS_KEY="testing",  # noqa: S106 - the stand-in takes any.
        AWS_DEFAULT_REGION=REGION,
        AWS_CONFIG_FILE=os.devnull,
        AWS_SHARED_CREDENTIALS_FILE=os.devnull,
        # A proxy cannot reach the stand-in on this machine.
        NO_PROXY="127.0.0.1",
        no_proxy="127.0.0.1",
    )
