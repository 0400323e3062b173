"""One run of the reports in a process of its own, which dies at a named point if it is told to.

    python -m tests.faults.child NOW [POINT] [--at-once COUNT]

The product has no hooks: the functions at the points are wrapped here. The database is the test's,
named by FAULTS_DATABASE.
"""

import argparse
import datetime
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"


def die(*args: Any, **kwargs: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str) -> None:
    """Die when a function is called."""
    setattr(owner, name, die)


def after(owner: Any, name: str) -> None:
    """Die when a function has returned."""
    wrapped: Callable[..., Any] = getattr(owner, name)

    def and_die(*args: Any, **kwargs: Any) -> None:
        wrapped(*args, **kwargs)
        die()

    setattr(owner, name, and_die)


def set_trap(point: str) -> None:
    from reports import issuing, jobs, publishing
    from reports.models import Delivery, DeliveryQuerySet
    from reports.publishers import SnsPublisher

    traps: dict[str, Callable[[], None]] = {
        "before the build": lambda: before(issuing, "build_report"),
        "after the build": lambda: after(issuing, "build_report"),
        "before the build's commit": lambda: after(Delivery.objects, "create"),
        "after the build's commit": lambda: after(jobs, "issue_report"),
        "before the claim": lambda: before(jobs, "publish_delivery"),
        "before the claim's commit": lambda: after(publishing, "_append"),
        "after the claim's commit": lambda: before(publishing, "publication_of"),
        "before the last check": lambda: before(DeliveryQuerySet, "still_holds"),
        "after the last check": lambda: before(SnsPublisher, "publish"),
        "after publishing": lambda: after(SnsPublisher, "publish"),
    }
    traps[point]()


def run(now: datetime.datetime) -> None:
    from reports.events import run_due_reports

    run_due_reports({"time": now.isoformat()}, None)


def run_at_once(count: int, now: datetime.datetime) -> None:
    """Fork so many processes, warm and waiting, and let them all run at the same moment."""
    import boto3
    from django.db import connections

    boto3.client("sns", region_name="eu-central-1")
    connections.close_all()
    start_reader, start_writer = os.pipe()
    children = []
    for _ in range(count):
        pid = os.fork()
        if pid == 0:
            os.close(start_writer)
            os.read(start_reader, 1)
            try:
                run(now)
            except BaseException as error:
                print(repr(error), file=sys.stderr)  # noqa: T201
                os._exit(1)
            os._exit(0)
        children.append(pid)
    os.close(start_reader)
    # The pipe's end is what all of them wait for.
    os.close(start_writer)
    failed = [pid for pid in children if os.waitpid(pid, 0)[1] != 0]
    sys.exit(1 if failed else 0)


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("now", type=datetime.datetime.fromisoformat)
    parser.add_argument("point", nargs="?")
    parser.add_argument("--at-once", type=int, default=0)
    options = parser.parse_args()

    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = os.environ["FAULTS_DATABASE"]
    django.setup()
    from reports import publishers

    # Nobody waits ten seconds for an answer that does not come.
    publishers.ANSWER_SECONDS = 1
    if options.point:
        set_trap(options.point)
    if options.at_once:
        run_at_once(options.at_once, options.now)
    else:
        run(options.now)


if __name__ == "__main__":
    main()
