"""Work that must not hold up a request: started at once, and swept later if that fails."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.db import close_old_connections, transaction
from django.utils.module_loading import import_string


class TaskFailed(Exception):
    """Work that was handed over is broken; Lambda repeats the call and then raises the alarm."""


def run_after_commit(work: Callable[..., Any], *arguments: int | str) -> None:
    """Run a module's function once the transaction holds; it must be safe to repeat.

    On Lambda it is an asynchronous call of this very function, for nothing that runs on after the
    response is sure to finish there. Elsewhere it runs in place. A failure is logged and left to
    the sweep: what was committed stays.
    """

    # Not functools.partial: Django names the function in its log, and a partial has no name.
    def start() -> None:
        if settings.BACKGROUND == "lambda":
            _run_on_lambda(work, *arguments)
        else:
            work(*arguments)

    transaction.on_commit(start, robust=True)


def _run_on_lambda(work: Callable[..., Any], *arguments: int | str) -> None:
    # Zappa brings boto3 with it, which takes longer to import than a page takes to answer.
    from zappa.asynchronous import run

    run(run_task, args=[f"{work.__module__}.{work.__qualname__}", *arguments])


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
        raise TaskFailed(f"The work {path} is broken: {error}") from error
    finally:
        close_old_connections()
