"""Tests of work behind a request under each value of BACKGROUND."""

import threading
from collections.abc import Iterator
from typing import Any

import pytest

from cafe_site.outbox import background
from cafe_site.outbox.background import run_after_commit, run_in_reports_after_commit, run_task

PATH = f"{__name__}.work"
DONE: list[tuple[Any, ...]] = []


def work(*arguments: int | str) -> None:
    DONE.append(arguments)


def wait_for_thread() -> None:
    """Return when the threads have done what was given to them before."""
    background._worker.wait(30)
    background._reports_worker.wait(30)


@pytest.fixture
def invoked(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    calls: list[dict[str, Any]] = []
    monkeypatch.setattr(
        "zappa.asynchronous.run",
        lambda function, args, **named: calls.append({"work": function, "args": args, **named}),
    )
    DONE.clear()
    return calls


@pytest.mark.parametrize(
    ("start", "where", "function", "done", "calls"),
    [
        (run_after_commit, "inline", "cafe-reports", [(7,)], []),
        (run_after_commit, "lambda", "cafe-reports", [], [{"work": run_task, "args": [PATH, 7]}]),
        (run_after_commit, "schedule", "cafe-reports", [], []),
        (run_after_commit, "thread", "cafe-reports", [(7,)], []),
        (run_in_reports_after_commit, "thread", "", [(7,)], []),
        (run_in_reports_after_commit, "inline", "", [(7,)], []),
        (run_in_reports_after_commit, "lambda", "", [], []),
        (run_in_reports_after_commit, "schedule", "cafe-reports", [], []),
        (
            run_in_reports_after_commit,
            "lambda",
            "cafe-reports",
            [],
            [
                {
                    "work": run_task,
                    "args": [PATH, 7],
                    "remote_aws_lambda_function_name": "cafe-reports",
                }
            ],
        ),
    ],
)
@pytest.mark.django_db
def test_work_runs_where_it_is_said(
    start: Any,
    where: str,
    function: str,
    done: list[Any],
    calls: list[Any],
    invoked: list[dict[str, Any]],
    settings: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.BACKGROUND = where
    settings.REPORTS_FUNCTION = function

    with django_capture_on_commit_callbacks(execute=True):
        start(work, 7)
        assert (DONE, invoked) == ([], [])
    wait_for_thread()

    assert (DONE, invoked) == (done, calls)


LET_GO = threading.Event()
THREADS: list[str] = []


def hang() -> None:
    THREADS.append(threading.current_thread().name)
    LET_GO.wait(20)
    DONE.append(("let go", LET_GO.is_set()))


def fail() -> None:
    raise ConnectionError("nobody there")


@pytest.fixture
def in_thread(settings: Any) -> Iterator[None]:
    settings.BACKGROUND = "thread"
    DONE.clear()
    THREADS.clear()
    LET_GO.clear()
    yield
    LET_GO.set()
    wait_for_thread()


@pytest.mark.django_db
def test_work_that_hangs_in_the_thread_holds_up_nobody_who_asks_for_it(
    in_thread: None, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run_after_commit(hang)
        run_after_commit(work, 7)

    assert DONE == []
    LET_GO.set()
    wait_for_thread()
    assert DONE == [("let go", True), (7,)]
    assert THREADS == ["background"]


@pytest.mark.django_db
def test_work_that_fails_in_the_thread_is_logged_and_stops_no_other(
    in_thread: None, django_capture_on_commit_callbacks: Any, caplog: pytest.LogCaptureFixture
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run_after_commit(fail)
        run_after_commit(work, 7)
    wait_for_thread()

    assert DONE == [(7,)]
    assert caplog.messages == ["background_failed work=fail"]


@pytest.mark.django_db
def test_long_work_of_the_reports_holds_up_no_mail(
    in_thread: None, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        run_in_reports_after_commit(hang)
        run_after_commit(work, 7)
    background._worker.wait(30)

    assert DONE == [(7,)]
