"""Tests of cancelling jobs and trying them again."""

import logging
from typing import IO

import pytest

from reports.models import Job, JobQuerySet
from reports.offloaded import running
from reports.offloaded.requesting import JobRefused, cancel_job, retry_job
from reports.offloaded.running import run_slice, run_waiting_jobs
from tests.fixtures.exports import (
    AT_ONCE,
    LATER,
    NOW,
    AskFor,
    Meanwhile,
    State,
    content_of,
    end_lease,
    files_kept,
)
from tests.fixtures.shop import AfterReading

# --- Cancelled ----------------------------------------------------------------------------------


def test_cancelled_while_queued_is_over_at_once(ask_for: AskFor) -> None:
    job = ask_for()

    cancel_job(job.pk, now=NOW)

    job.refresh_from_db()
    assert (job.state, job.active_key, job.finished_at) == (State.CANCELLED, None, NOW)
    assert run_waiting_jobs(until=LATER) == 0


@pytest.mark.usefixtures("one_day_at_once")
def test_cancelled_while_running_stops_after_the_days_it_is_at(
    ask_for: AskFor, meanwhile: Meanwhile
) -> None:
    job = ask_for()
    meanwhile(lambda: cancel_job(job.pk, now=NOW))

    assert run_slice(job.pk, until=LATER) == State.CANCELLED

    job.refresh_from_db()
    assert (job.active_key, job.file_path, files_kept()) == (None, "", [])
    assert job.done_days == 0


def test_cancelled_while_its_file_is_moved_has_no_file(
    ask_for: AskFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask_for()
    save = running.files.save

    def save_slowly(path: str, file: IO[bytes]) -> None:
        save(path, file)
        cancel_job(job.pk, now=NOW)

    monkeypatch.setattr(running.files, "save", save_slowly)

    assert run_slice(job.pk, until=LATER) == State.CANCELLED
    assert files_kept() == []


def test_cancelled_when_its_process_had_died_is_not_begun_again(
    ask_for: AskFor, caplog: pytest.LogCaptureFixture
) -> None:
    job = ask_for()
    running._claim(job.pk)
    cancel_job(job.pk, now=NOW)
    end_lease(job)

    with caplog.at_level(logging.INFO):
        assert run_slice(job.pk, until=LATER) == State.CANCELLED

    assert "job_started" not in caplog.text


def test_what_is_done_cannot_be_cancelled(ask_for: AskFor) -> None:
    job = ask_for()
    run_slice(job.pk, until=LATER)

    with pytest.raises(JobRefused, match="has ended already"):
        cancel_job(job.pk, now=NOW)

    job.refresh_from_db()
    assert (job.state, job.cancel_requested_at) == (State.DONE, None)


# --- Again --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("one_day_at_once")
def test_a_cancelled_job_is_done_again_from_its_start(ask_for: AskFor) -> None:
    job = ask_for()
    run_slice(job.pk, until=AT_ONCE)
    cancel_job(job.pk, now=NOW)

    retry_job(job.pk, now=NOW)

    job.refresh_from_db()
    assert (job.state, job.done_days, job.kept_parts) == (State.QUEUED, 0, [])
    assert run_slice(job.pk, until=LATER) == State.DONE
    assert content_of(job).count(b"\r\n") == 1 + 10


def test_who_read_a_job_before_it_was_tried_again_does_not_get_it(
    ask_for: AskFor, after_reading: AfterReading
) -> None:
    job = ask_for()
    run_slice(job.pk, until=AT_ONCE)

    def try_again() -> None:
        cancel_job(job.pk, now=NOW)
        retry_job(job.pk, now=NOW)

    after_reading(JobQuerySet, try_again)

    # It would have gone on with the seven days of before.
    assert run_slice(job.pk, until=LATER) is None
    assert run_slice(job.pk, until=LATER) == State.DONE
    assert content_of(job).count(b"\r\n") == 1 + 10


def test_a_failed_job_is_tried_again(ask_for: AskFor, monkeypatch: pytest.MonkeyPatch) -> None:
    job = ask_for()
    Job.objects.update(state=State.FAILED, active_key=None, attempts=3, error="ConnectionError")

    retry_job(job.pk, now=NOW)

    assert run_slice(job.pk, until=LATER) == State.DONE
    job.refresh_from_db()
    assert (job.attempts, job.error) == (1, "")


def test_only_what_came_to_nothing_is_tried_again(ask_for: AskFor) -> None:
    job = ask_for()

    with pytest.raises(JobRefused, match="failed or cancelled export"):
        retry_job(job.pk, now=NOW)
    run_slice(job.pk, until=LATER)
    with pytest.raises(JobRefused, match="failed or cancelled export"):
        retry_job(job.pk, now=NOW)


def test_a_second_one_for_the_same_days_is_not_begun_by_trying_again(ask_for: AskFor) -> None:
    first = ask_for()
    cancel_job(first.pk, now=NOW)
    second = ask_for()
    assert second.pk != first.pk

    with pytest.raises(JobRefused, match="is running already"):
        retry_job(first.pk, now=NOW)
