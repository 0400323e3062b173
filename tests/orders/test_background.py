"""Work behind a request: where it runs, by what BACKGROUND says."""

from typing import Any

import pytest

from cafe_site.orders.background import (
    run_after_commit,
    run_in_reports_after_commit,
    run_task,
)

PATH = f"{__name__}.work"
DONE: list[tuple[Any, ...]] = []


def work(*arguments: int | str) -> None:
    DONE.append(arguments)


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
    ("start", "background", "function", "done", "calls"),
    [
        (run_after_commit, "inline", "cafe-reports", [(7,)], []),
        (run_after_commit, "lambda", "cafe-reports", [], [{"work": run_task, "args": [PATH, 7]}]),
        (run_after_commit, "schedule", "cafe-reports", [], []),
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
    background: str,
    function: str,
    done: list[Any],
    calls: list[Any],
    invoked: list[dict[str, Any]],
    settings: Any,
    django_capture_on_commit_callbacks: Any,
) -> None:
    settings.BACKGROUND = background
    settings.REPORTS_FUNCTION = function

    with django_capture_on_commit_callbacks(execute=True):
        start(work, 7)
        assert (DONE, invoked) == ([], [])

    assert (DONE, invoked) == (done, calls)
