"""Tests of deploy/Dockerfile: linted, and it includes exactly what it needs.

Nobody builds it here: that takes Docker and a registry.
"""

import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = ROOT / "deploy" / "Dockerfile"
# hadolint's wheels are for Linux on x86-64 alone; the lock brings it there.
HADOLINT = shutil.which("hadolint", path=str(Path(sys.executable).parent))


def lint(path: Path) -> str:
    assert HADOLINT is not None
    result = subprocess.run([HADOLINT, str(path)], capture_output=True, text=True, check=False)
    return result.stdout


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not made for this machine")
def test_it_is_clean() -> None:
    assert lint(DOCKERFILE) == ""


@pytest.mark.skipif(HADOLINT is None, reason="hadolint is not made for this machine")
@pytest.mark.parametrize(
    ("good", "bad", "rule"),
    [
        (" --no-cache-dir", "", "DL3042"),
        ("lambda/python:3.13 AS packages", "lambda/python AS packages", "DL3006"),
        ('CMD ["handler.lambda_handler"]', "CMD handler.lambda_handler", "DL3025"),
    ],
)
def test_a_broken_one_is_not_clean(good: str, bad: str, rule: str, tmp_path: Path) -> None:
    text = DOCKERFILE.read_text()
    assert good in text
    (tmp_path / "Dockerfile").write_text(text.replace(good, bad))

    assert rule in lint(tmp_path / "Dockerfile")


def test_what_it_copies_is_let_through() -> None:
    copied = {
        name
        for line in DOCKERFILE.read_text().splitlines()
        if line.startswith("COPY ") and "--from" not in line
        for name in line.split()[1:-1]
    }
    ignored = (ROOT / "deploy" / "Dockerfile.dockerignore").read_text().splitlines()

    assert "*" in ignored
    assert {line[1:] for line in ignored if line.startswith("!")} == copied


def test_it_runs_on_the_python_of_the_zip() -> None:
    assert "FROM public.ecr.aws/lambda/python:3.13\n" in DOCKERFILE.read_text()
    assert '"runtime": "python3.13"' in (ROOT / "zappa_settings.json").read_text()
