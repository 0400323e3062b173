"""Running tests in the copy of the checkout: all once, then those that a change concerns."""

import difflib
import json
import shlex
import subprocess
import sys
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from cosmic_ray.mutating import use_mutation
from cosmic_ray.testing import run_tests
from cosmic_ray.work_item import TestOutcome
from coverage import CoverageData

from script.mutants_parts.changes import operator_named
from script.mutants_parts.sample import Change
from script.mutants_parts.scope import MARKERS, TESTS

PYTEST = (sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider")
PLUGIN = ("-p", "script.mutants_parts.tests_run", "-m", MARKERS)
# A change that makes the tests so much slower than without it counts as noticed.
SLOWER = 4
START_SECONDS = 60


class TestsFail(Exception):
    """The tests fail without any change; the message is a sentence."""


class Outcome(Enum):
    NOTICED = "noticed"
    SURVIVED = "survived"


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of one change: how many tests concern it, and the change as a diff."""

    change: Change
    outcome: Outcome
    tests: int
    diff: str


@dataclass(frozen=True, slots=True)
class Recording:
    """What each test runs and how long it takes, as the unchanged code has it."""

    folder: Path
    seconds: dict[str, float]
    lines: CoverageData

    def tests_of(self, change: Change) -> list[str]:
        """Return the tests that run the function of a change, quickest first.

        What is outside of functions runs when its module is imported: any test may notice it.
        """
        if change.function is None:
            return self._quickest_first(set(self.seconds))
        first, last = change.function
        by_line = self.lines.contexts_by_lineno(str(Path(change.path).resolve()))
        found = {test for line, tests in by_line.items() if first <= line <= last for test in tests}
        return self._quickest_first(found & set(self.seconds))

    def _quickest_first(self, tests: set[str]) -> list[str]:
        return sorted(tests, key=lambda test: (self.seconds[test], test))


def record_tests(folder: Path) -> Recording:
    """Run all tests once on the unchanged code, in the working folder; they have to pass."""
    # With the content's hash in them: a change within the same second is seen all the same.
    compiled = ("-m", "compileall", "-q", "--invalidation-mode", "checked-hash")
    subprocess.run([sys.executable, *compiled, "cafe_site", "reports"], check=True)
    done = subprocess.run([*PYTEST, *PLUGIN, "--record", str(folder), *TESTS], check=False)
    if done.returncode:
        raise TestsFail("The tests fail without any change. Make them pass first.")
    lines = CoverageData(basename=str(folder / "lines"))
    lines.read()
    seconds = json.loads((folder / "seconds.json").read_text(encoding="utf-8"))
    return Recording(folder, seconds, lines)


def try_change(change: Change, recording: Recording) -> Trial:
    """Make one change in the working folder, run the tests that it concerns, and take it back."""
    chosen = recording.tests_of(change)
    operator = operator_named(change.operator)
    with use_mutation(Path(change.path), operator, change.occurrence) as (before, after):
        diff = "\n".join(
            difflib.unified_diff(
                before.splitlines(), after.splitlines(), change.path, change.path, n=1, lineterm=""
            )
        )
        outcome = Outcome.NOTICED if _is_noticed(chosen, recording) else Outcome.SURVIVED
    return Trial(change, outcome, len(chosen), diff)


def _is_noticed(chosen: list[str], recording: Recording) -> bool:
    if not chosen:
        return False
    file = recording.folder / "chosen.json"
    file.write_text(json.dumps(chosen), encoding="utf-8")
    files = sorted({test.split("::")[0] for test in chosen})
    limit = START_SECONDS + SLOWER * sum(recording.seconds[test] for test in chosen)
    command = shlex.join([*PYTEST, *PLUGIN, "--chosen", str(file), *files])
    outcome, output = run_tests(command, limit)
    if outcome == TestOutcome.INCOMPETENT:
        raise TestsFail(f"The tests could not be started: {output}")
    return bool(outcome == TestOutcome.KILLED)
