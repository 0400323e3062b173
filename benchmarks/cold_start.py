"""Benchmark of cold starts: from the start of a process to the first page or report.

    script/bench

Both packages run as in tests/deploy: in a bare Python with awslambdaric, against stand-ins for AWS
on this machine. For comparison, each round also runs a minimal Django page with the same Python and
Django. Only the ratio to it is meaningful, because machines differ. Downloading and unpacking the
zip, and the network, can only be measured on AWS.
"""

import datetime
import itertools
import os
import shutil
import statistics
import subprocess
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import zappa

from deploy.packaging.interpreter import find_interpreter
from deploy.packaging.locks import ROOT
from deploy.packaging.stage import load_stage
from tests.deploy.aws_stand_in import running_aws
from tests.deploy.bare_python import make_bare_python
from tests.deploy.certificates import make_authority
from tests.deploy.gateway import gateway_event
from tests.deploy.lambda_function import Package, running_function
from tests.deploy.remote_environment import write_remote_environment
from tests.faults.sns_stand_in import running_sns

# Monday to Saturday, so that no week or month ends.
FIRST_DAY = datetime.date(2026, 3, 2)
ROUNDS = 6
BARE = "bare Django page"
TOPIC = "arn:aws:sns:eu-central-1:123456789012:cafe-reports"
BESIDE = ROOT / "tests" / "deploy" / "beside"
PAGE = gateway_event("GET", "/", {"Host": "127.0.0.1"})

BARE_PAGE = """
import io
import django
from django.conf import settings
from django.core.wsgi import get_wsgi_application
from django.http import HttpResponse
from django.urls import path

settings.configure(ROOT_URLCONF=__name__, ALLOWED_HOSTS=["*"], SECRET_KEY="x")
urlpatterns = [path("", lambda request: HttpResponse("Hello"))]
application = get_wsgi_application()


def lambda_handler(event, context):
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/", "SERVER_NAME": "127.0.0.1",
               "SERVER_PORT": "80", "wsgi.input": io.BytesIO(), "wsgi.url_scheme": "http"}
    found = []
    body = b"".join(application(environ, lambda status, headers: found.append(status)))
    return {"statusCode": int(found[0].split()[0]), "body": body.decode()}
"""


def build(stage: str, folder: Path, python: Path) -> Package:
    """Build a stage's package and unpack it."""
    authority = folder / "authority"
    if not authority.exists():
        make_authority(authority, "127.0.0.1")
    archive = folder / f"cafe-{stage}.zip"
    subprocess.run(
        [
            *(ROOT / "script" / "package", stage),
            *("--ca-file", authority / "ca.pem", "--output", archive),
        ],
        check=True,
    )
    with zipfile.ZipFile(archive) as zipped:
        zipped.extractall(folder / stage)
    variables = load_stage(stage, ROOT / "zappa_settings.json").aws_environment_variables
    # The benchmark's server listens on a socket without TLS.
    return Package(stage, archive, folder / stage, python, {**variables, "DATABASE_CA_FILE": ""})


def bare(package: Package, folder: Path) -> Package:
    """Return a minimal package with one page, which uses another package's Django."""
    bare_folder = folder / "bare"
    bare_folder.mkdir()
    (bare_folder / "handler.py").write_text(BARE_PAGE)
    # Compiled in the same way as the packages.
    subprocess.run([package.python, "-m", "compileall", "-q", bare_folder], check=True)
    return Package("bare", package.archive, bare_folder, package.python, {})


def changed(package: Package, folder: Path, name: str, change: Callable[[Path], None]) -> Package:
    """Return a modified copy of a package."""
    copy = folder / name
    shutil.copytree(package.folder, copy)
    change(copy)
    # Recompile the changed module.
    subprocess.run(
        [
            *(package.python, "-m", "compileall", "-q", "-f", "-l"),
            *("--invalidation-mode=unchecked-hash", copy),
        ],
        check=True,
    )
    return replace(package, folder=copy)


def without_remote_environment(folder: Path) -> None:
    settings = folder / "zappa_settings.py"
    lines = settings.read_text().splitlines()
    settings.write_text("\n".join(line for line in lines if not line.startswith("REMOTE_ENV")))


def with_zappas_own_entry(folder: Path) -> None:
    without_remote_environment(folder)
    shutil.copy(Path(zappa.__file__).parent / "handler.py", folder / "handler.py")


def measure(
    package: Package, event: dict[str, Any], variables: Mapping[str, str], log: Path
) -> float:
    """Return the milliseconds from the start of a process to its answer to its first event."""
    start = time.perf_counter()
    with running_function(package, log, **variables) as function:
        outcome = function.invoke(event)
        taken = (time.perf_counter() - start) * 1000
        if outcome.error or outcome.answer.get("statusCode", 200) != 200:
            raise RuntimeError(f"{package.stage}: {outcome}\n{function.log}")
    return taken


def days() -> Iterator[datetime.date]:
    """Yield consecutive days, so that each run has exactly one report to publish."""
    return (FIRST_DAY + datetime.timedelta(days=number) for number in itertools.count())


def report_event(day: datetime.date) -> dict[str, Any]:
    return {
        "detail-type": "Scheduled Event",
        "time": f"{day + datetime.timedelta(days=1)}T03:00:00Z",
        "resources": ["arn:aws:events:::rule/cafe-reports-reports.events.run_due_reports"],
    }


def main(database_url: str) -> None:
    interpreter = find_interpreter(load_stage("web", ROOT / "zappa_settings.json").runtime)
    python = make_bare_python(interpreter)
    facts = {"SECRET_KEY": "x", "DATABASE_URL": database_url, "REPORT_TOPIC_ARN": TOPIC}
    with tempfile.TemporaryDirectory() as name, running_aws() as aws, running_sns() as sns:
        folder = Path(name)
        web, reports = (build(stage, folder, python) for stage in ("web", "reports"))
        write_remote_environment(aws, **facts)
        remote = {"AWS_ENDPOINT_URL_S3": aws.address, "AWS_ENDPOINT_URL_SNS": sns.address}
        cases = make_cases(web, reports, facts, remote, folder)
        taken: dict[str, list[float]] = {case: [] for case in cases}
        print(f"Python {interpreter.version}, median of {ROUNDS} rounds", flush=True)
        play(web, remote, folder / "log", command="play.open_shop")
        for day in itertools.islice(days(), ROUNDS):
            play(web, remote, folder / "log", command="play.sell_on", day=day.isoformat())
            for case, run in cases.items():
                taken[case].append(run(day))
        if len(sns.accepted) != ROUNDS:
            raise RuntimeError(f"{len(sns.accepted)} reports were published in {ROUNDS} rounds.")
    show(taken)


def make_cases(
    web: Package, reports: Package, facts: dict[str, str], remote: dict[str, str], folder: Path
) -> dict[str, Callable[[datetime.date], float]]:
    """Return the measured actions of a round by their shown names."""
    log, bare_page = folder / "log", bare(web, folder)
    local = changed(web, folder, "local", without_remote_environment)
    zappas = changed(web, folder, "zappas", with_zappas_own_entry)
    django = {"PYTHONPATH": str(web.folder)}
    environment = {**facts, **remote}
    return {
        BARE: lambda _: measure(bare_page, PAGE, django, log),
        "web: first page, settings from S3": lambda _: measure(web, PAGE, remote, log),
        "web: first page, settings in the environment": lambda _: measure(
            local, PAGE, environment, log
        ),
        "  the same with Zappa's own handler.py": lambda _: measure(zappas, PAGE, environment, log),
        "reports: published, settings from S3": lambda day: measure(
            reports, report_event(day), remote, log
        ),
    }


def play(web: Package, variables: Mapping[str, str], log: Path, **event: str) -> None:
    """Write rows with the package's code, by a function added to it."""
    with running_function(web, log, modules=BESIDE, **variables) as function:
        outcome = function.invoke(event)
        if outcome.error:
            raise RuntimeError(f"{outcome}\n{function.log}")


def show(taken: Mapping[str, list[float]]) -> None:
    medians = {case: statistics.median(times) for case, times in taken.items()}
    bare_median = medians[BARE]
    for case, median in medians.items():
        print(f"{case:<46} {median:>7.0f} ms  {median / bare_median:>5.2f}")


if __name__ == "__main__":
    main(os.environ["DATABASE_URL"])
