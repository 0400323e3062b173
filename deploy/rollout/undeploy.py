"""The command line of script/undeploy."""

import argparse
import sys
from collections.abc import Callable, Sequence
from typing import Any

from deploy.rollout.checks import STAGES
from deploy.rollout.removal import Removal
from deploy.rollout.running import make_session, run_steps


def read_arguments(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/undeploy", description="Delete a stage, or everything, from AWS."
    )
    parser.add_argument("stage", choices=(*STAGES, "all"))
    parser.add_argument("--yes", action="store_true", help="do not ask")
    return parser.parse_args(arguments)


def main(
    arguments: Sequence[str] | None = None,
    session: Any = None,
    *,
    ask: Callable[[str], str] = input,
) -> int:
    given = read_arguments(arguments)
    if not given.yes and not _is_meant(given.stage, ask):
        print("Nothing was done.", file=sys.stderr)
        return 1
    removal = Removal(session or make_session(), print)
    steps = [("Web", Removal.remove_web), ("Reports", Removal.remove_reports)]
    if given.stage != "all":
        steps = [step for step in steps if step[0].lower() == given.stage]
    else:
        steps += [("Stack", Removal.remove_stack)]
    return run_steps(removal, [*steps, ("What is left", Removal.say_what_is_left)])


def _is_meant(stage: str, ask: Callable[[str], str]) -> bool:
    try:
        return ask(_question(stage)).strip() == stage
    except EOFError:
        print("Cannot ask for confirmation here: pass --yes.", file=sys.stderr)
        return False


def _question(stage: str) -> str:
    what = {
        "web": "The site will be deleted",
        "reports": "No report will be sent any more",
        "all": "Site, reports and database will be deleted; a last snapshot and the photos stay",
    }[stage]
    return f"{what}. Type {stage!r} to go on: "


if __name__ == "__main__":
    sys.exit(main())
