"""Tests of many processes at one job at once, on MariaDB: it is done once."""

import datetime
import threading
from collections.abc import Sequence
from typing import IO

import pytest
from django.db import connection

from reports.models import Job
from reports.offloaded import tasks
from reports.offloaded.requesting import cancel_job, request_job, retry_job
from reports.offloaded.running import run_slice, run_waiting_jobs
from tests.fixtures.exports import FIRST, NOW, AskFor, end_lease, files_kept
from tests.fixtures.shop import SUNDAY
from tests.orders.test_at_once import at_once

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def needs_mariadb() -> None:
    if connection.vendor != "mysql":
        pytest.skip("SQLite lets one writer in at a time: there is nothing to compete for")


@pytest.fixture(autouse=True)
def by_the_schedule(settings: object) -> None:
    """Nobody begins a job but these tests' own threads."""
    settings.BACKGROUND = "schedule"  # type: ignore[attr-defined]


@pytest.fixture
def days_done(monkeypatch: pytest.MonkeyPatch, one_day_at_once: None) -> list[datetime.date]:
    """Return each day that somebody works on, as often as it is worked on."""
    task, done, lock = tasks.TASKS[Job.Kind.EXPORT], [], threading.Lock()

    def work_on(days: Sequence[datetime.date], part: IO[bytes]) -> None:
        with lock:
            done.extend(days)
        task.work_on(days, part)

    monkeypatch.setitem(
        tasks.TASKS,
        Job.Kind.EXPORT,
        tasks.Task(1, work_on, task.finish, task.file_stem, task.file_type),
    )
    return done


def test_twenty_who_ask_at_once_get_one_job(ask_for: AskFor) -> None:
    numbers: list[int] = []

    def ask(_number: int) -> Job:
        job = request_job(Job.Kind.EXPORT, first=FIRST, last=SUNDAY, by=None, now=NOW)
        numbers.append(job.pk)
        return job

    outcomes = at_once(20, ask)

    assert outcomes == {"Job": 20}
    assert len(set(numbers)) == Job.objects.count() == 1


def test_of_twenty_who_run_it_at_once_one_does(
    ask_for: AskFor, days_done: list[datetime.date]
) -> None:
    job = ask_for()

    outcomes = at_once(20, lambda _number: run_slice(job.pk, until=1e12))

    assert outcomes == {"State": 1, "NoneType": 19}
    job.refresh_from_db()
    assert (job.state, job.fence) == (Job.State.DONE, 1)
    assert len(days_done) == len(set(days_done)) == 22


def test_of_twenty_who_take_up_what_one_left_one_does(
    ask_for: AskFor, days_done: list[datetime.date]
) -> None:
    job = ask_for()
    run_slice(job.pk, until=0.0)
    Job.objects.claim(job.pk, lease=Job.LEASE)
    end_lease(job)

    at_once(20, lambda _number: run_waiting_jobs(until=1e12))

    job.refresh_from_db()
    assert (job.state, job.fence) == (Job.State.DONE, 3)
    assert len(days_done) == len(set(days_done)) == 22


def test_slices_of_many_processes_never_meet(
    ask_for: AskFor, days_done: list[datetime.date]
) -> None:
    """Each may go on where another ended, and none begins before that."""
    job = ask_for()

    def run_slices(_number: int) -> None:
        while Job.objects.get(pk=job.pk).is_active:
            run_slice(job.pk, until=0.0)

    assert at_once(8, run_slices) == {"NoneType": 8}

    job.refresh_from_db()
    assert (job.state, job.done_days) == (Job.State.DONE, 22)
    assert days_done == sorted(set(days_done))
    assert len(files_kept()) == 1


def test_running_cancelling_and_trying_again_at_once_end_in_one_state(ask_for: AskFor) -> None:
    job = ask_for()

    def do(number: int) -> object:
        if number % 3 == 0:
            return cancel_job(job.pk, now=NOW)
        if number % 3 == 1:
            return retry_job(job.pk, now=NOW)
        return run_slice(job.pk, until=0.0)

    outcomes = at_once(24, do)
    run_waiting_jobs(until=1e12)

    assert set(outcomes) <= {"NoneType", "State", "JobRefused"}
    job.refresh_from_db()
    assert job.state in (Job.State.CANCELLED, Job.State.DONE)
    assert (job.active_key, bool(job.file_path)) == (None, job.state == Job.State.DONE)
