"""Where the demo keeps its state, and the environment that it gives to the site.

Everything here runs before Django's settings are loaded, for those read the environment once.
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
ACCOUNT = "123456789012"  # moto's.
TOPIC_NAME = "cafe-reports"
TOPIC_ARN = f"arn:aws:sns:{REGION}:{ACCOUNT}:{TOPIC_NAME}"


@dataclass(frozen=True, slots=True)
class Secrets:
    """Drawn once and kept, so that a later run signs in with the same passwords."""

    secret_key: str
    owner_password: str
    staff_password: str


def load_secrets() -> Secrets:
    """Return the kept secrets; the first time, draw them and keep them for this user only."""
    STATE.mkdir(parents=True, exist_ok=True)
    if not SECRETS.exists():
        drawn = Secrets(secrets.token_urlsafe(50), secrets.token_hex(8), secrets.token_hex(8))
        # Written aside and then named, so that an interrupted run leaves no half of a file.
        draft = SECRETS.with_suffix(".new")
        draft.unlink(missing_ok=True)
        with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            json.dump(asdict(drawn), file)
        draft.replace(SECRETS)
    return Secrets(**json.loads(SECRETS.read_text()))


def set_environment(
    *, secret_key: str, port: int, aws_endpoint: str, database: Path = DATABASE
) -> None:
    """Describe the demo's deployment, and nothing of the shell's own.

    A variable left over from other work must not lead the demo to a real database, and a profile
    for AWS must not lead it to a real account.
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
        # The progress bars and the report are for reading; a line per event would bury them.
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
        # A proxy knows nothing of the stand-in on this machine.
        NO_PROXY="127.0.0.1",
        no_proxy="127.0.0.1",
    )
