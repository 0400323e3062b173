"""Checks before a deployment changes anything: the settings and the migrations."""

import os
import subprocess
import sys
from collections.abc import Mapping
from typing import Any

from deploy.environment import BadEnvironment, compose, read_parameters
from deploy.errors import StepFailed
from deploy.packaging.locks import ROOT
from deploy.rollout.functions import ask, find_function
from deploy.rollout.migrations import find_unsafe_migrations
from deploy.stack import NoStack, read_outputs

# Examples of the stack's outputs, for a check before the stack exists.
EXPECTED = {
    "DatabaseHost": "database.invalid",
    "DatabasePort": "3306",
    "DatabaseName": "cafe",
    "TopicArn": "arn:aws:sns:eu-central-1:123456789012:cafe-reports",
    "PhotoBucketName": "photos",
    "ReachesInternet": "yes",
    "SiteUrl": "https://cafe.invalid",
}
EXPECTED_CREDENTIALS = {"username": "cafe", "password": "expected"}
# environment.json gets a generated one.
EXPECTED_SECRET = "".join(chr(ord("!") + number) for number in range(60))
STAGES = ("web", "reports")


def check_settings(session: Any, variables: Mapping[str, str]) -> str:
    """Run `manage.py check --deploy` with the deployment's settings, and return its output.

    It does not connect to anything. Without a stack, examples replace its outputs.
    """
    try:
        outputs = EXPECTED | read_outputs(session)
    except NoStack:
        outputs = EXPECTED
    try:
        chosen = {"SECRET_KEY": EXPECTED_SECRET} | read_parameters(session)
        made = compose(outputs, EXPECTED_CREDENTIALS, chosen)
    except BadEnvironment as error:
        raise StepFailed(str(error)) from error
    done = subprocess.run(
        [sys.executable, "manage.py", "check", "--deploy"],
        cwd=ROOT,
        # The stage's variables, except that of a file that only the package has.
        env={"PATH": os.environ["PATH"], **variables, "DATABASE_CA_FILE": "", **made},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    words = done.stderr.strip() or done.stdout.strip()
    if done.returncode != 0:
        last = words if "ERRORS" in words else words.splitlines()[-1]
        raise StepFailed(
            f"`manage.py check --deploy` refuses the settings:\n{last}\nThey are parameters of "
            "SSM: correct them with `aws ssm put-parameter --overwrite --name /cafe/NAME`."
        )
    return words


def check_migrations(session: Any) -> list[str]:
    """Return the pending migrations that would break the code that serves now."""
    serving = [name for stage in STAGES if find_function(session, name := f"cafe-{stage}")]
    if not serving:
        # Nothing serves yet, so nothing can break.
        return []
    try:
        applied = ask(
            session, serving[0], {"command": "cafe_site.deployment.list_applied_migrations"}
        )
    except StepFailed as error:
        raise StepFailed(
            f"{error}\nSo it is not known which migrations are pending and whether they are safe. "
            "If you know that they are, pass --allow-unsafe-migrations."
        ) from error
    return find_unsafe_migrations(applied)


def refuse_unsafe(found: list[str]) -> None:
    if found:
        raise StepFailed(
            "The version that serves now would break on these migrations:\n"
            + "\n".join(f"- {sentence}" for sentence in found)
            + "\nOr close the shop for a minute and pass --allow-unsafe-migrations."
        )
