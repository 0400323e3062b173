"""The runner of Zappa's command line."""

import contextlib
import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

from deploy.errors import StepFailed

# Zappa polls its API's stack, and does not recognise every kind of failure.
LONGEST_SECONDS = 900


class _TooLong(Exception):
    """Zappa has exceeded its time limit."""


@contextlib.contextmanager
def _limited(seconds: float) -> Iterator[None]:
    def give_up(_number: int, _frame: FrameType | None) -> None:
        raise _TooLong(f"it has not finished in {seconds:.0f} seconds; check its stack's events")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def run_zappa(*arguments: str, settings_file: Path) -> None:
    """Run `zappa ...` and show its output; raise StepFailed if it fails."""
    from zappa.cli import ZappaCLI

    # --json: otherwise Zappa first asks the package index for a newer version.
    command = [*arguments, "--settings_file", str(settings_file.resolve()), "--json"]
    try:
        # It writes a template into the current folder, named after the second, and leaves it there
        # if the stack fails.
        with (
            tempfile.TemporaryDirectory() as folder,
            contextlib.chdir(folder),
            _limited(LONGEST_SECONDS),
        ):
            ZappaCLI().handle(command)
    except SystemExit as error:
        if error.code not in (None, 0, os.EX_OK):
            raise StepFailed(
                f"`zappa {' '.join(command)}` failed; see its output above."
            ) from error
    except Exception as error:
        # Any exception: Zappa does not catch most AWS errors.
        raise StepFailed(f"`zappa {' '.join(command)}` failed: {error}") from error
