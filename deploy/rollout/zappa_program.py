"""Zappa's own command line, with the settings that the stack gave it."""

import contextlib
import os
from pathlib import Path

from deploy.packaging.locks import ROOT
from deploy.rollout.errors import StepFailed


def run_zappa(*arguments: str, settings_file: Path) -> None:
    """Run `zappa ...`; raise StepFailed if it does not end well. Its words go where ours do."""
    from zappa.cli import ZappaCLI

    # --json: without it Zappa asks the package index first whether there is a newer one of itself.
    command = [*arguments, "--settings_file", str(settings_file), "--json"]
    try:
        # It looks for the project, and leaves a file for a moment, in the folder it is started in.
        with contextlib.chdir(ROOT):
            ZappaCLI().handle(command)
    except SystemExit as error:
        if error.code not in (None, 0, os.EX_OK):
            raise StepFailed(f"`zappa {' '.join(command)}` failed; its words are above.") from error
    except Exception as error:
        # Whatever it is: Zappa lets most errors of AWS through.
        raise StepFailed(f"`zappa {' '.join(command)}` failed: {error}") from error
