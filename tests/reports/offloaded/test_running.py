"""Tests that a job is finished once, even if its processes fail."""

import datetime
import logging
from collections.abc import Sequence
from typing import IO, Any

import pytest
from django.utils import timezone
from django.utils.module_loading import import_string

from cafe_site.outbox import background
from reports.models import Job, JobQuerySet
from reports.offloaded import running, tasks
from reports.offloaded.running import run_slice, run_waiting_jobs
from reports.sweep import sweep_all
from tests.fixtures.exports import (
    AT_ONCE,
    LATER,
    NOW,
    AskFor,
    Meanwhile,
    State,
    break_days,
    content_of,
    end_lease,
    files_kept,
)
from tests.fixtures.shop import AfterReading


@pytest.mark.django_db
def test_nothing_due_is_nothing_done() -> None:
    assert run_waiting_jobs(until=LATER) == 0
    assert run_slice(7, until=LATER) is None


def test_one_job_is_done_and_has_its_file(ask_for: AskFor) -> None:
    job = ask_for()

    assert run_slice(job.pk, until=LATER) == State.DONE

    job.refresh_from_db()
    assert (job.done_days, job.total_days, job.percent) == (22, 22, 100)
    assert (job.active_key, job.lease_expires_at, job.error) == (None, None, "")
    assert job.file_size == len(content_of(job))
    assert files_kept() == ["1-order-lines-2026-11-01-2026-11-22.csv"]
    assert job.started_at is not None
    assert job.finished_at is not None
    assert job.expires_at is not None
    days = job.expires_at - timezone.now()
    assert datetime.timedelta(days=6, hours=23) < days <= datetime.timedelta(days=7)


def test_a_job_that_is_done_is_not_run_again(ask_for: AskFor) -> None:
    job = ask_for()
    run_slice(job.pk, until=LATER)
    before = Job.objects.filter(pk=job.pk).values().get()

    assert run_slice(job.pk, until=LATER) is None
    assert run_waiting_jobs(until=LATER) == 0

    assert Job.objects.filter(pk=job.pk).values().get() == before


def test_a_job_that_another_has_is_left_alone(ask_for: AskFor, meanwhile: Meanwhile) -> None:
    job = ask_for()
    others: list[object] = []
    meanwhile(lambda: others.append(run_slice(job.pk, until=LATER)))

    assert run_slice(job.pk, until=LATER) == State.DONE

    assert others == [None]


@pytest.mark.usefixtures("one_day_at_once")
def test_a_page_sees_how_far_it_is(ask_for: AskFor, monkeypatch: pytest.MonkeyPatch) -> None:
    job, seen = ask_for(), []
    task = tasks.TASKS[Job.Kind.EXPORT]

    def work_on(days: Sequence[datetime.date], part: IO[bytes]) -> None:
        seen.append(Job.objects.values_list("state", "done_days").get(pk=job.pk))
        task.work_on(days, part)

    monkeypatch.setitem(
        tasks.TASKS, Job.Kind.EXPORT, tasks.Task(1, work_on, task.finish, "order-lines", "csv")
    )

    run_slice(job.pk, until=LATER)

    assert seen == [(State.RUNNING, day) for day in range(22)]


# --- A process that dies, or sleeps past its lease ----------------------------------------------


@pytest.mark.parametrize("kind", Job.Kind)
def test_after_a_crash_another_process_does_it(kind: str, ask_for: AskFor) -> None:
    job = ask_for(kind)
    crashed = running._claim(job.pk)
    assert run_slice(job.pk, until=LATER) is None
    end_lease(job)

    assert run_waiting_jobs(until=LATER) == 1

    job.refresh_from_db()
    assert crashed is not None
    assert (job.state, job.fence, job.attempts) == (State.DONE, crashed.fence + 1, 2)


def test_who_lost_the_job_meanwhile_writes_nothing_down(
    ask_for: AskFor, meanwhile: Meanwhile, caplog: pytest.LogCaptureFixture
) -> None:
    job = ask_for()

    def sleep_past_the_lease() -> None:
        end_lease(job)
        assert run_slice(job.pk, until=LATER) == State.DONE
        nonlocal after
        after = Job.objects.filter(pk=job.pk).values().get()

    after: dict[str, Any] = {}
    meanwhile(sleep_past_the_lease)

    assert run_slice(job.pk, until=LATER) is None

    assert Job.objects.filter(pk=job.pk).values().get() == after
    assert files_kept() == ["2-order-lines-2026-11-01-2026-11-22.csv"]
    assert f"job_claim_lost job={job.pk} fence=1" in caplog.text


def test_who_lost_the_job_to_one_that_is_still_at_it_lets_go(
    ask_for: AskFor, meanwhile: Meanwhile
) -> None:
    job = ask_for()

    def sleep_past_the_lease() -> None:
        end_lease(job)
        assert running._claim(job.pk) is not None

    meanwhile(sleep_past_the_lease)

    assert run_slice(job.pk, until=LATER) is None

    job.refresh_from_db()
    assert (job.state, job.fence, job.done_days) == (State.RUNNING, 2, 0)


@pytest.mark.parametrize("point", ["_put_back", "_finish"])
def test_who_loses_the_job_at_the_last_step_takes_back_its_file(
    point: str, ask_for: AskFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask_for()
    save = running.files.save

    def save_and_sleep(path: str, file: IO[bytes]) -> None:
        save(path, file)
        monkeypatch.setattr(running.files, "save", save)
        end_lease(job)
        assert run_slice(job.pk, until=LATER) == State.DONE

    monkeypatch.setattr(running.files, "save", save_and_sleep)

    run_slice(job.pk, until=AT_ONCE if point == "_put_back" else LATER)

    job.refresh_from_db()
    assert (job.state, job.fence, job.kept_parts) == (State.DONE, 2, [])
    assert files_kept() == ["2-order-lines-2026-11-01-2026-11-22.csv"]


def test_who_read_a_job_before_its_late_process_put_it_back_does_not_get_it(
    ask_for: AskFor, after_reading: AfterReading
) -> None:
    job = ask_for()
    late = running._claim(job.pk)
    assert late is not None
    end_lease(job)
    after_reading(JobQuerySet, lambda: running._carry_on(late, until=AT_ONCE))

    # It read a job without progress, and the late process has stored seven days.
    assert run_slice(job.pk, until=LATER) is None
    assert run_slice(job.pk, until=LATER) == State.DONE
    assert content_of(job).count(b"\r\n") == 1 + 10


def test_a_job_whose_processes_die_is_given_up(
    ask_for: AskFor, caplog: pytest.LogCaptureFixture
) -> None:
    job = ask_for()
    for _time in range(Job.MAX_ATTEMPTS):
        running._claim(job.pk)
        end_lease(job)

    assert run_slice(job.pk, until=LATER) == State.FAILED

    job.refresh_from_db()
    assert (job.active_key, job.error, job.finished_at is not None) == (None, "", True)
    [record] = [record for record in caplog.records if "job_failed" in record.message]
    assert record.levelno == logging.ERROR
    assert run_waiting_jobs(until=LATER) == 0


def test_a_job_that_breaks_is_tried_later_and_then_given_up(
    ask_for: AskFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    job = ask_for()
    break_days(monkeypatch)

    assert run_slice(job.pk, until=LATER) == State.QUEUED
    # Not at once: what broke it may be over in a minute.
    assert run_slice(job.pk, until=LATER) is None
    states = []
    for _time in range(2):
        Job.objects.update(not_before=None)
        states.append(run_slice(job.pk, until=LATER))

    job.refresh_from_db()
    assert states == [State.QUEUED, State.FAILED]
    assert (job.error, job.attempts, job.active_key) == ("ConnectionError", 3, None)


def test_a_job_that_breaks_stops_no_other(ask_for: AskFor, monkeypatch: pytest.MonkeyPatch) -> None:
    ask_for(), ask_for(Job.Kind.SALES)
    break_days(monkeypatch)

    assert run_waiting_jobs(until=LATER) == 2

    states = Job.objects.order_by("pk").values_list("kind", "state")
    assert list(states) == [("export", State.QUEUED), ("sales", State.DONE)]


# --- Where it runs ------------------------------------------------------------------------------


@pytest.mark.django_db(transaction=True)
def test_a_thread_does_it_beside_the_requests(ask_for: AskFor, settings: Any) -> None:
    settings.BACKGROUND = "thread"

    job = ask_for()
    background._reports_worker.wait(30)

    job.refresh_from_db()
    assert job.state == State.DONE


def test_with_the_schedule_it_waits_for_the_sweep(
    ask_for: AskFor, settings: Any, django_capture_on_commit_callbacks: Any
) -> None:
    settings.BACKGROUND = "schedule"
    with django_capture_on_commit_callbacks(execute=True):
        job = ask_for()
    job.refresh_from_db()
    assert job.state == State.QUEUED

    assert sweep_all(now=NOW)["jobs"] == 1

    job.refresh_from_db()
    assert job.state == State.DONE


def test_lambda_has_the_reports_function_do_it(
    ask_for: AskFor,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Any,
) -> None:
    calls: list[Any] = []
    monkeypatch.setattr(
        "zappa.asynchronous.run", lambda function, **named: calls.append((function, named))
    )
    settings.BACKGROUND, settings.REPORTS_FUNCTION = "lambda", "cafe-reports"

    with django_capture_on_commit_callbacks(execute=True):
        job = ask_for()

    assert calls == [
        (
            background.run_task,
            {
                "args": ["reports.offloaded.running.run_job", job.pk],
                "remote_aws_lambda_function_name": "cafe-reports",
            },
        )
    ]
    # What Lambda finds by that name, and does.
    import_string(calls[0][1]["args"][0])(job.pk)
    job.refresh_from_db()
    assert job.state == State.DONE
