"""Tests of jobs that take longer than one slice."""

from typing import Any

import pytest

from reports.models import Job
from reports.offloaded import running, tasks
from reports.offloaded.running import run_slice, run_waiting_jobs
from tests.fixtures.exports import AT_ONCE, LATER, AskFor, State, content_of, end_lease, files_kept


@pytest.mark.parametrize("kind", [Job.Kind.EXPORT, Job.Kind.SALES])
@pytest.mark.usefixtures("one_day_at_once")
def test_in_slices_it_comes_to_the_same_file(kind: str, ask_for: AskFor) -> None:
    whole = ask_for(kind)
    run_slice(whole.pk, until=LATER)
    sliced = ask_for(kind)
    assert sliced.pk != whole.pk

    states = []
    while not states or states[-1] == State.QUEUED:
        states.append(run_slice(sliced.pk, until=AT_ONCE))

    # A day each time, and the last one puts it together.
    assert states == [*[State.QUEUED] * 22, State.DONE]
    assert content_of(sliced) == content_of(whole)
    # Its parts are gone.
    assert len(files_kept()) == 2


@pytest.mark.usefixtures("one_day_at_once")
def test_a_slice_keeps_what_it_did_and_a_crash_costs_no_more_than_one(ask_for: AskFor) -> None:
    job = ask_for()
    for _time in range(3):
        run_slice(job.pk, until=AT_ONCE)
    crashed = running._claim(job.pk)
    assert crashed is not None
    with running.files.new_file() as part:
        running._work_on_next_days(crashed, tasks.TASKS[job.kind], part)
    job.refresh_from_db()
    assert (job.done_days, job.kept_days, job.kept_parts) == (4, 3, [1, 2, 3])
    end_lease(job)

    run_slice(job.pk, until=AT_ONCE)

    job.refresh_from_db()
    assert (job.done_days, job.kept_days, job.kept_parts) == (4, 4, [1, 2, 3, 5])
    assert job.attempts == 0


def test_a_slice_starts_the_next_one(
    ask_for: AskFor, django_capture_on_commit_callbacks: Any
) -> None:
    job = ask_for()

    with django_capture_on_commit_callbacks() as callbacks:
        run_slice(job.pk, until=AT_ONCE)
    assert len(callbacks) == 1
    with django_capture_on_commit_callbacks():
        callbacks[0]()

    job.refresh_from_db()
    assert (job.state, job.kept_parts) == (State.DONE, [1])


def test_putting_a_large_file_together_has_a_slice_of_its_own(ask_for: AskFor) -> None:
    job = ask_for()
    clock = iter([100.0, 120.0, 120.0, 120.0, 120.0, 130.0])

    assert run_slice(job.pk, until=140.0, clock=lambda: next(clock)) == State.QUEUED

    job.refresh_from_db()
    assert (job.kept_days, job.total_days) == (22, 22)


def test_a_process_that_ends_leaves_the_rest_to_others(
    ask_for: AskFor, monkeypatch: pytest.MonkeyPatch, django_capture_on_commit_callbacks: Any
) -> None:
    job = ask_for()
    monkeypatch.setattr(running, "is_process_ending", lambda: True)

    with django_capture_on_commit_callbacks() as callbacks:
        assert run_slice(job.pk, until=LATER) == State.QUEUED

    job.refresh_from_db()
    assert (job.kept_days, callbacks) == (7, [])


def test_the_sweep_begins_no_job_when_its_time_is_over(ask_for: AskFor) -> None:
    ask_for()

    assert run_waiting_jobs(until=AT_ONCE) == 0


def test_a_slice_leaves_the_reports_function_time_to_put_a_file_together() -> None:
    # The function's 120 seconds are in zappa_settings.json; see tests/test_zappa_settings.py.
    assert running.SLICE_SECONDS < 60
    assert Job.LEASE.total_seconds() == 120 + 30
