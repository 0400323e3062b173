"""Background work of a request: started at once; the sweep repeats it if it fails."""

import threading
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import close_old_connections, transaction
from django.utils.module_loading import import_string

from cafe_site.outbox.worker import Worker

_worker = Worker()
# As on Lambda the reports have a function of their own: a report over years, or an export, must
# not hold up a customer's e-mail.
_reports_worker = Worker()


class TaskFailed(Exception):
    """Work that was handed over is broken; Lambda repeats the call and then raises the alarm."""


def run_after_commit(work: Callable[..., Any], *arguments: int | str) -> None:
    """Run a module's function once the transaction holds; it must be safe to repeat.

    With BACKGROUND=thread it runs beside the requests. With "lambda" it is an asynchronous call of
    this very function, for nothing that runs on after the response is sure to finish there. With
    "schedule" it is left to the sweep, for where Lambda cannot be reached. With "inline" it runs
    in place, and whoever asked waits. A failure is logged and left to the sweep: what was
    committed stays.
    """
    _start_after_commit(work, arguments, worker=_worker, on_lambda=_run_on_lambda)


def run_in_reports_after_commit(work: Callable[..., Any], *arguments: int | str) -> None:
    """Run a function of the reports once the transaction holds, where it may do what it does.

    On Lambda only the reports' function may publish, so it is the one that is called; without its
    name in REPORTS_FUNCTION the work is left to the schedule.
    """
    _start_after_commit(work, arguments, worker=_reports_worker, on_lambda=_run_in_reports)


def is_process_ending() -> bool:
    """Whether the process waits for its threads to end: what takes long should stop half way."""
    return not threading.main_thread().is_alive()


def _start_after_commit(
    work: Callable[..., Any],
    arguments: tuple[int | str, ...],
    *,
    worker: Worker,
    on_lambda: Callable[..., None],
) -> None:
    # Not functools.partial: Django names the function in its log, and a partial has no name.
    def start() -> None:
        if settings.BACKGROUND == "lambda":
            on_lambda(work, *arguments)
        elif settings.BACKGROUND == "thread":
            worker.submit(work, *arguments)
        elif settings.BACKGROUND == "inline":
            work(*arguments)

    transaction.on_commit(start, robust=True)


def _run_on_lambda(work: Callable[..., Any], *arguments: int | str) -> None:
    # Zappa brings boto3 with it, which takes longer to import than a page takes to answer.
    from zappa.asynchronous import run

    run(run_task, args=[_path_of(work), *arguments])


def _run_in_reports(work: Callable[..., Any], *arguments: int | str) -> None:
    if settings.REPORTS_FUNCTION:
        from zappa.asynchronous import run

        run(
            run_task,
            args=[_path_of(work), *arguments],
            remote_aws_lambda_function_name=settings.REPORTS_FUNCTION,
        )


def _path_of(work: Callable[..., Any]) -> str:
    return f"{work.__module__}.{work.__qualname__}"


def run_task(path: str, *arguments: int | str) -> None:
    """Do work that was handed over, in the call that Lambda makes for it.

    The process may have been frozen for an hour since, and its connection be dead: no request
    comes that would look at it. And like an event's entry, this lets no TypeError out, for which
    Zappa would run the work up to three times.
    """
    close_old_connections()
    try:
        import_string(path)(*arguments)
    except TypeError as error:
        raise TaskFailed(f"The task {path} failed: {error}") from error
    finally:
        close_old_connections()
