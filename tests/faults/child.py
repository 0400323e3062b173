"""Runs the reports once in a separate process, which can be made to die at a named point.

    python -m tests.faults.child NOW [POINT] [--at-once COUNT --rounds ROUNDS]

The product has no hooks: the functions at the points are wrapped here. The database is the test's,
named by FAULTS_DATABASE.
"""

import argparse
import datetime
import multiprocessing
import os
import resource
import signal
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
# What a process may take beyond what it has when it begins to plan.
SPARE_BYTES = 256 * 2**20


def die(*args: Any, **kwargs: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def before(owner: Any, name: str) -> None:
    """Die when a function is called."""
    setattr(owner, name, die)


def pause_before(owner: Any, name: str) -> None:
    """Stop when a function is called, as a frozen Lambda does, and continue on a signal."""
    wrapped: Callable[..., Any] = getattr(owner, name)

    def paused(*args: Any, **kwargs: Any) -> Any:
        os.kill(os.getpid(), signal.SIGSTOP)
        return wrapped(*args, **kwargs)

    setattr(owner, name, paused)


def run_out_of_memory(owner: Any, name: str) -> None:
    """Have a function take more memory than its process may have."""
    wrapped: Callable[..., Any] = getattr(owner, name)

    def greedy(*args: Any, **kwargs: Any) -> Any:
        import numpy as np

        pages = int(Path("/proc/self/statm").read_text().split()[0])
        limit = pages * resource.getpagesize() + SPARE_BYTES
        resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
        hoard = []
        while len(hoard) * np.dtype(float).itemsize * 2**22 < 4 * SPARE_BYTES:
            hoard.append(np.ones(2**22))
        return wrapped(*args, **kwargs)

    setattr(owner, name, greedy)


def break_job(owner: Any, name: str) -> None:
    """Have a function say that it runs, and then raise a TypeError."""

    def broken(*args: Any, **kwargs: Any) -> None:
        print("the job runs", flush=True)  # noqa: T201
        raise TypeError("unsupported operand type(s)")

    setattr(owner, name, broken)


def after(owner: Any, name: str) -> None:
    """Die when a function has returned."""
    wrapped: Callable[..., Any] = getattr(owner, name)

    def and_die(*args: Any, **kwargs: Any) -> None:
        wrapped(*args, **kwargs)
        die()

    setattr(owner, name, and_die)


def set_trap(point: str) -> None:
    from reports import due
    from reports.baking import planning
    from reports.delivery import issuing, publishing
    from reports.delivery.sns_publisher import SnsPublisher
    from reports.models import Delivery, DeliveryQuerySet

    traps: dict[str, Callable[[], None]] = {
        "while planning": lambda: before(planning, "forecast_demand"),
        "before the plan's commit": lambda: before(planning, "write_scores"),
        "after the plan's commit": lambda: after(planning, "plan_baking"),
        "planning out of memory": lambda: run_out_of_memory(planning, "forecast_demand"),
        "before the build": lambda: before(issuing, "build_report"),
        "after the build": lambda: after(issuing, "build_report"),
        "before the build's commit": lambda: after(Delivery.objects, "create"),
        "after the build's commit": lambda: after(due, "issue_report"),
        "before the claim": lambda: before(due, "publish_delivery"),
        "before the claim's commit": lambda: after(publishing, "_append"),
        "after the claim's commit": lambda: before(publishing, "publication_of"),
        "before the last check": lambda: before(DeliveryQuerySet, "still_holds"),
        "after the last check": lambda: before(SnsPublisher, "publish"),
        "after publishing": lambda: after(SnsPublisher, "publish"),
        "paused before the last check": lambda: pause_before(DeliveryQuerySet, "still_holds"),
        "a TypeError inside the job": lambda: break_job(due, "run_due_reports"),
    }
    traps[point]()


def run(now: datetime.datetime) -> None:
    """Call the entry as Zappa does on Lambda."""
    from zappa.handler import LambdaHandler

    from reports.events import run_due_reports

    LambdaHandler.run_function(run_due_reports, {"time": now.isoformat()}, None)


def run_at_once(count: int, rounds: int, now: datetime.datetime) -> None:
    """Fork this number of warm processes, and let all of them run at the same moments.

    Each round is a day later. The first failure ends all of them.
    """
    import boto3
    from django.db import connections

    boto3.client("sns", region_name="eu-central-1")
    connections.close_all()
    fork = multiprocessing.get_context("fork")
    together = fork.Barrier(count, timeout=60)

    def run_rounds() -> None:
        try:
            for number in range(rounds):
                together.wait()
                run(now + datetime.timedelta(days=number))
        except BaseException:
            together.abort()
            raise

    children = [fork.Process(target=run_rounds) for _ in range(count)]
    for child in children:
        child.start()
    for child in children:
        child.join()
    sys.exit(any(child.exitcode for child in children))


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("now", type=datetime.datetime.fromisoformat)
    parser.add_argument("point", nargs="?")
    parser.add_argument("--at-once", type=int, default=0)
    parser.add_argument("--rounds", type=int, default=1)
    options = parser.parse_args()

    import django
    from django.conf import settings

    settings.DATABASES["default"]["NAME"] = os.environ["FAULTS_DATABASE"]
    django.setup()
    from reports.delivery import sns_publisher

    # Nobody waits ten seconds for an answer that does not come.
    sns_publisher.ANSWER_SECONDS = 1
    if options.point:
        set_trap(options.point)
    if options.at_once:
        run_at_once(options.at_once, options.rounds, options.now)
    else:
        run(options.now)


if __name__ == "__main__":
    main()
