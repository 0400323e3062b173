"""The command line of script/deploy.

The steps are in steps.py, in order. They follow two decisions (docs/decisions/0024):

- Migrations run in a temporary function, created from the new package, while the previous version
  goes on serving. So a package that does not start, invalid settings and a failing migration are
  found before the new version serves anybody.
- Steps assume nothing: each one checks what exists, and does what is missing.
"""

import argparse
import os
import sys
from pathlib import Path
from typing import Any

from deploy.rollout import smoke, switching
from deploy.rollout.checks import STAGES
from deploy.rollout.running import make_session, run_steps
from deploy.rollout.schedule import put_schedule_back


def read_arguments(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/deploy", description="Deploy a stage to AWS, the first time or again."
    )
    parser.add_argument("stage", choices=STAGES, nargs="?")
    parser.add_argument(
        "--parameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        type=_read_parameter,
        help="a parameter of deploy/cloud.yaml; all others stay as they are",
    )
    parser.add_argument(
        "--zip",
        default="",
        metavar="s3://BUCKET/packages/...",
        help="a package of an earlier deployment, instead of building one",
    )
    parser.add_argument("--ca-file", type=Path, help="RDS's certificate authorities")
    parser.add_argument(
        "--allow-unsafe-migrations",
        action="store_true",
        help="run migrations that may break the version that serves now",
    )
    parser.add_argument("--dry-run", action="store_true", help="show what would be done")
    parser.add_argument(
        "--check-account",
        action="store_true",
        help="check the AWS account, show what is missing, and change nothing",
    )
    given = parser.parse_args(arguments)
    if not given.stage and not given.check_account:
        parser.error("the following arguments are required: stage")
    return given


def _read_parameter(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not name or not equals:
        raise argparse.ArgumentTypeError(f"{text!r} is not NAME=VALUE")
    return name, value


def main(arguments: list[str] | None = None, session: Any = None, **facts: Any) -> int:
    """Deploy and return the exit status; `facts` are other attributes of the Deployment."""
    given = read_arguments(arguments)
    if given.check_account:
        return check_account(session or make_session(), dict(given.parameter), **facts)
    from deploy.rollout.steps import Deployment, Options

    options = Options(
        stage=given.stage,
        parameters=dict(given.parameter),
        zip=given.zip,
        ca_file=given.ca_file,
        allow_unsafe_migrations=given.allow_unsafe_migrations,
    )
    deployment = Deployment(session or make_session(), options, **facts)
    if given.dry_run:
        steps = [("Account", Deployment.look_at_account), ("Checks", Deployment.check)]
        return run_steps(deployment, [*steps, ("Plan", say_plan)])
    return run_deployment(deployment)


def check_account(session: Any, parameters: dict[str, str], **facts: Any) -> int:
    """Run all account checks and show the results; return 1 if a deployment would fail.

    Writes nothing. `facts` may contain `fetch`, which requests addresses on the internet.
    """
    from deploy.account.check import look_at_everything, open_account
    from deploy.account.lines import stops, table

    account = open_account(session, parameters, facts.get("fetch", smoke.fetch))
    lines = look_at_everything(account)
    print(table(lines))
    found = len(stops(lines))
    print(
        f"\nNothing was changed. {found or 'No'} line{'s' * (found != 1)} would stop a deployment."
    )
    return 1 if found else 0


def run_deployment(deployment: Any) -> int:
    from deploy.rollout.steps import AT_THE_END, BEFORE_THE_SWITCH, FROM_THE_SWITCH

    if run_steps(deployment, BEFORE_THE_SWITCH):
        print_standing(deployment)
        return 1
    try:
        has_failed = run_steps(deployment, FROM_THE_SWITCH)
    except BaseException:
        # Also for Ctrl-C or a bug: a deployment must not stay half done.
        put_back(deployment)
        raise
    if has_failed:
        put_back(deployment)
        return 1
    return run_steps(deployment, AT_THE_END)


def print_standing(deployment: Any) -> None:
    if deployment.before is not None:
        print("The previous version goes on serving.", file=sys.stderr)


def put_back(deployment: Any) -> None:
    """Restore the previous version, if there is one and something was changed."""
    if deployment.before is None or not deployment.is_changed:
        return
    try:
        switching.take_back(deployment.session, deployment.stage, deployment.before)
        put_schedule_back(deployment.session, deployment.stage, deployment.schedule)
    except Exception as error:
        # After any error, the operator has to know that the new version may be serving.
        print(
            f"The previous version could not be restored, either: {error}\nSee docs/deploy.md, "
            "Taking a "
            "version back.",
            file=sys.stderr,
        )
        return
    print("The previous version was restored, and serves.", file=sys.stderr)


def say_plan(deployment: Any) -> None:
    """Show what a run would do, as far as that is known in advance."""
    from deploy.rollout.cloud import plan_stack

    plan, stage = plan_stack(deployment.session, deployment.options.parameters), deployment.stage
    is_there = deployment.before is not None
    for line in (
        f"Stack: {plan.action}.",
        "Settings: environment.json, and var/zappa_settings.json.",
        f"Package: {deployment.options.zip or f'script/package {stage}'}.",
        f"Migrations: in a function cafe-{stage}-next, created and deleted, if anything has "
        "changed.",
        f"Function: zappa {'update' if is_there else 'deploy'} {stage}, if anything has changed.",
        "Then settings that Zappa leaves out, a smoke test, and the budget.",
        "Nothing was done.",
    ):
        deployment.say(line)


def prepare_django() -> None:
    """Load the site's models to check their migrations, without a database."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "cafe_site.settings"
    os.environ.setdefault("SECRET_KEY", "for looking at migrations only")
    import django

    django.setup()


if __name__ == "__main__":
    prepare_django()
    sys.exit(main())
