"""What can be known before anything is touched: settings, and the migrations that will run."""

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

# What the stack will say when it stands, for a check before the first time.
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
# environment.json draws one of its own.
EXPECTED_SECRET = "".join(chr(ord("!") + number) for number in range(60))
STAGES = ("web", "reports")


def check_settings(session: Any, variables: Mapping[str, str]) -> str:
    """Run `manage.py check --deploy` with the deployment's settings, and return what it said.

    No connection is made. What only the stack knows is filled in where there is none yet.
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
        # The stage's own variables, but the one of a file that lies in the package alone.
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
            "SSM: put them right with `aws ssm put-parameter --overwrite --name /cafe/NAME`."
        )
    return words


def check_migrations(session: Any) -> list[str]:
    """Return what the code that serves now would not survive of the migrations that will run."""
    serving = [name for stage in STAGES if find_function(session, name := f"cafe-{stage}")]
    if not serving:
        # Nobody is served: nothing can break.
        return []
    try:
        applied = ask(
            session, serving[0], {"command": "cafe_site.deployment.list_applied_migrations"}
        )
    except StepFailed as error:
        raise StepFailed(
            f"{error}\nSo nobody knows which migrations the database has, and whether the others "
            "are safe. If you know, say so with --allow-unsafe-migrations."
        ) from error
    return find_unsafe_migrations(applied)


def refuse_unsafe(found: list[str]) -> None:
    if found:
        raise StepFailed(
            "The version that serves now would break on these migrations:\n"
            + "\n".join(f"- {sentence}" for sentence in found)
            + "\nOr close the shop for a minute and pass --allow-unsafe-migrations."
        )
