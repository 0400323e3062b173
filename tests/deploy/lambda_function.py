"""Runs a package as Lambda does: with awslambdaric in a bare Python, from the zip's content."""

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from deploy.packaging.compiling import TASK_FOLDER
from tests.deploy.runtime_api import Outcome, RuntimeApi, running_api


@dataclass(frozen=True, slots=True)
class Package:
    """A stage's zip, unpacked in a folder, and the Python that Lambda would run it with."""

    stage: str
    archive: Path
    folder: Path
    # In an environment that holds awslambdaric and nothing else.
    python: Path
    # aws_environment_variables of the stage, as Zappa hands them to Lambda.
    variables: Mapping[str, str]

    def environment(self, **more: str) -> dict[str, str]:
        """Return all that a process of the function gets, and nothing of the test's own."""
        return {
            "PATH": "/usr/bin:/bin",
            "LANG": "C.UTF-8",
            "TZ": ":UTC",
            "LAMBDA_TASK_ROOT": str(self.folder),
            "AWS_LAMBDA_FUNCTION_NAME": f"cafe-{self.stage}",
            "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "512",
            "AWS_REGION": "eu-central-1",
            "AWS_DEFAULT_REGION": "eu-central-1",
            "AWS_ACCESS_KEY_ID": "testing",
            "AWS_SECRET_ACCESS_KEY": "testing",
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
            **{
                name: value.replace(TASK_FOLDER, str(self.folder))
                for name, value in self.variables.items()
            },
            **more,
        }

    def run(self, code: str, **more: str) -> str:
        """Run a few lines in the package, without awslambdaric, and return what they print."""
        done = subprocess.run(
            # -S: nothing but the package and the standard library.
            [self.python, "-S", "-c", code],
            cwd=self.folder,
            env=self.environment(**more),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout


@dataclass(frozen=True, slots=True)
class LambdaFunction:
    api: RuntimeApi
    process: subprocess.Popen[bytes]
    log_file: Path

    @property
    def log(self) -> str:
        return self.log_file.read_text(errors="replace")

    def invoke(self, event: dict[str, Any]) -> Outcome:
        return self.api.invoke(event)

    def libraries(self) -> set[str]:
        """Return the files of all libraries that the process has loaded."""
        maps = Path(f"/proc/{self.process.pid}/maps").read_text()
        return {line.split(maxsplit=5)[-1] for line in maps.splitlines() if ".so" in line}


@contextmanager
def running_function(
    package: Package, log_file: Path, *, modules: Path | None = None, **variables: str
) -> Iterator[LambdaFunction]:
    """Run a package until the context ends; `modules` is a folder of more, and their entry."""
    environment, entry = package.environment(**variables), "handler.lambda_handler"
    if modules is not None:
        environment["PYTHONPATH"], entry = str(modules), "played.lambda_handler"
    with running_api() as api, log_file.open("wb") as output:
        process = subprocess.Popen(
            [package.python, "-m", "awslambdaric", entry],
            cwd=package.folder,
            env={**environment, "AWS_LAMBDA_RUNTIME_API": api.address},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
        )
        try:
            function = LambdaFunction(api, process, log_file)
            if not api.started.wait(60):
                raise AssertionError(f"The function did not start:\n{function.log}")
            yield function
        finally:
            process.terminate()
            process.wait(30)
