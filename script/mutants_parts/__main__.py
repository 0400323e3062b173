"""What script/mutants does in its copy of the checkout, which is the working folder."""

import argparse
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from script.mutants_parts.changes import changed_code, changes_of
from script.mutants_parts.sample import draw, take
from script.mutants_parts.scope import MODULES, PathMissing, python_files
from script.mutants_parts.trial import Outcome, TestsFail, Trial, record_tests, try_change


def read_arguments(given: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="script/mutants")
    parser.add_argument("--seed", type=int, default=1, help="another number, another sample")
    parser.add_argument("--count", type=int, default=100, help="how many changes to make")
    parser.add_argument("paths", nargs="*", default=MODULES, help="modules or folders to change")
    return parser.parse_args(given)


def print_survivor(trial: Trial) -> None:
    change = trial.change
    what = "a constant" if change.is_constant else change.kind.value
    print(f"\n{change.path}:{change.line}: {what}, not noticed by {trial.tests} tests")
    print(trial.diff, flush=True)


def numbers_of(trials: Sequence[Trial]) -> str:
    """Return the last line: what was noticed, constants apart."""
    counted = [trial for trial in trials if not trial.change.is_constant]
    constants = [trial for trial in trials if trial.change.is_constant]
    noticed, of_constants = (
        sum(trial.outcome == Outcome.NOTICED for trial in group) for group in (counted, constants)
    )
    share = 100 * noticed / len(counted) if counted else 100
    return (
        f"{noticed} of {len(counted)} changes were noticed ({share:.0f} %); "
        f"of constants, {of_constants} of {len(constants)}."
    )


def main(given: Sequence[str]) -> int:
    arguments = read_arguments(given)
    root = Path.cwd()
    try:
        files = python_files(root, arguments.paths)
        changes = [change for file in files for change in changes_of(root, file)]
        drawn = draw(changes, seed=arguments.seed)
        sample = take((change for change in drawn if changed_code(root, change)), arguments.count)
        print(f"{len(sample)} of {len(changes)} changes, seed {arguments.seed}.", flush=True)
        trials = []
        with tempfile.TemporaryDirectory() as folder:
            recording = record_tests(Path(folder))
            for number, change in enumerate(sample, start=1):
                trial = try_change(change, recording)
                trials.append(trial)
                where = f"{change.path}:{change.line}"
                print(f"{number}/{len(sample)} {where} {trial.outcome.value}", file=sys.stderr)
                if trial.outcome == Outcome.SURVIVED:
                    print_survivor(trial)
    except (PathMissing, TestsFail) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"\n{numbers_of(trials)}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
