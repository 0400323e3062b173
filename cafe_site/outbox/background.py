"""Background work of a request: started at once; the sweep repeats it if it fails."""

import threading
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import close_old_connections, transaction
from django.utils.module_loading import import_string

from cafe_site.outbox.worker import Worker

_worker = Worker()
# The reports have their own worker, as they have their own function on Lambda: a report over years
# or an export must not delay a customer's e-mail.
_reports_worker = Worker()


class TaskFailed(Exception):
    """A background task failed; Lambda retries the call and then raises the alarm."""


def run_after_commit(work: Callable[..., Any], *arguments: int | str) -> None:
    """Run a module's function after the transaction commits; it must be safe to repeat.

    With BACKGROUND=thread it runs in a thread. With "lambda" it is an asynchronous call of the same
    Lambda function, because nothing reliably runs there after the response. With "schedule" it is
    left to the sweep, for networks from which Lambda cannot be reached. With "inline" it runs at
    once, and the request waits. A failure is logged and left to the sweep; the committed rows stay.
    """
    _start_after_commit(work, arguments, worker=_worker, on_lambda=_run_on_lambda)


def run_in_reports_after_commit(work: Callable[..., Any], *arguments: int | str) -> None:
    """Run a function of the reports after the transaction commits, where it has permission.

    On Lambda only the reports' function may publish, so that function is called. Without its name
    in REPORTS_FUNCTION, the work is left to the schedule.
    """
    _start_after_commit(work, arguments, worker=_reports_worker, on_lambda=_run_in_reports)


def is_process_ending() -> bool:
    """Whether the process waits for its threads to end, so that long work should stop early."""
    return not threading.main_thread().is_alive()


def _start_after_commit(
    work: Callable[..., Any],
    arguments: tuple[int | str, ...],
    *,
    worker: Worker,
    on_lambda: Callable[..., None],
) -> None:
    # Not functools.partial: Django logs the function's name, and a partial has none.
    def start() -> None:
        if settings.BACKGROUND == "lambda":
            on_lambda(work, *arguments)
        elif settings.BACKGROUND == "thread":
            worker.submit(work, *arguments)
        elif settings.BACKGROUND == "inline":
            work(*arguments)

    transaction.on_commit(start, robust=True)


def _run_on_lambda(work: Callable[..., Any], *arguments: int | str) -> None:
    # Imported here: Zappa imports boto3, which takes longer than answering a page.
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
    """Run a background task, in the Lambda call made for it.

    The process may have been frozen for an hour, so its connection may be dead, and no request
    checks it. Like an event handler, this raises no TypeError, after which Zappa would run the task
    up to three times.
    """
    close_old_connections()
    try:
        import_string(path)(*arguments)
    except TypeError as error:
        raise TaskFailed(f"The task {path} failed: {error}") from error
    finally:
        close_old_connections()
