"""Zappa's own command line, with the settings that the stack gave it."""

import contextlib
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from deploy.errors import StepFailed

# Zappa asks for its API's stack until it stands, and does not know every way in which it can fail.
LONGEST_SECONDS = 900


class _TooLong(Exception):
    """Zappa has not ended in its time."""


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise _TooLong(f"it has not ended in {seconds:.0f} seconds; look at its stack's events")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def run_zappa(*arguments: str, settings_file: Path) -> None:
    """Run `zappa ...`; raise StepFailed if it does not end well. Its words go where ours do."""
    from zappa.cli import ZappaCLI

    # --json: without it Zappa asks the package index first whether there is a newer one of itself.
    command = [*arguments, "--settings_file", str(settings_file.resolve()), "--json"]
    try:
        # It writes a template into the folder it is started in, under a name of the second,
        # and leaves it there when the stack fails.
        with (
            tempfile.TemporaryDirectory() as folder,
            contextlib.chdir(folder),
            _limited(LONGEST_SECONDS),
        ):
            ZappaCLI().handle(command)
    except SystemExit as error:
        if error.code not in (None, 0, os.EX_OK):
            raise StepFailed(f"`zappa {' '.join(command)}` failed; its words are above.") from error
    except Exception as error:
        # Whatever it is: Zappa lets most errors of AWS through.
        raise StepFailed(f"`zappa {' '.join(command)}` failed: {error}") from error
