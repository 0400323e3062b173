"""The command line of script/make-owner, which creates an owner or sets a new password.

The password is typed, not an argument, so no shell history has it. Lambda does not log events.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from getpass import getpass
from typing import Any

from deploy.errors import StepFailed
from deploy.rollout.failures import reason_of_failure
from deploy.rollout.functions import ask, find_function
from deploy.rollout.running import make_session

COMMAND = "cafe_site.deployment.make_owner"


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/make-owner",
        description="Create an owner of the deployed site, or set an owner's password.",
    )
    parser.add_argument("user_name", help="the owner's user name, such as olga")
    parser.add_argument("email", help="the owner's e-mail address")
    return parser.parse_args(arguments)


def main(
    arguments: Sequence[str] | None = None,
    session: Any = None,
    *,
    ask_password: Callable[[str], str] = getpass,
) -> int:
    given = read_arguments(arguments)
    make = partial(make_owner, session or make_session(), given, ask_password)
    if reason := reason_of_failure(make):
        print(f"{reason}\nNothing was changed.", file=sys.stderr)
        return 1
    print(f"{given.user_name} is an owner and can sign in with this password.")
    return 0


def make_owner(session: Any, given: argparse.Namespace, ask_password: Callable[[str], str]) -> None:
    if find_function(session, "cafe-web") is None:
        raise StepFailed("There is no site yet: `script/deploy web` first.")
    password = ask_password(f"Password for {given.user_name}: ")
    if ask_password("Repeat the password: ") != password:
        raise StepFailed("The two passwords differ.")
    event = {"command": COMMAND, "user_name": given.user_name, "email": given.email}
    problems = ask(session, "cafe-web", event, secrets={"password": password})
    if problems:
        raise StepFailed("\n".join(f"- {problem}" for problem in problems))


if __name__ == "__main__":
    sys.exit(main())
