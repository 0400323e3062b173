"""Tests of deleting old files of jobs."""

import datetime

import pytest

from reports.models import DayRollup, Job
from reports.offloaded.requesting import cancel_job
from reports.offloaded.running import run_slice
from reports.sweep import sweep_all
from tests.fixtures.exports import AT_ONCE, FIRST, LATER, NOW, AskFor, State, files_kept


def test_files_are_deleted_when_their_time_is_over(ask_for: AskFor) -> None:
    job = ask_for()
    run_slice(job.pk, until=LATER)
    job.refresh_from_db()
    assert job.expires_at is not None
    just_before = job.expires_at - datetime.timedelta(seconds=1)

    assert sweep_all(now=just_before)["old_files"] == 0
    assert (job.has_file_at(just_before), len(files_kept())) == (True, 1)
    assert job.has_file_at(job.expires_at) is False
    assert sweep_all(now=job.expires_at)["old_files"] == 1
    assert sweep_all(now=job.expires_at)["old_files"] == 0

    job.refresh_from_db()
    assert (job.state, job.file_path, files_kept()) == (State.DONE, "", [])


@pytest.mark.usefixtures("one_day_at_once")
def test_what_a_cancelled_job_had_kept_is_deleted(ask_for: AskFor) -> None:
    job = ask_for()
    run_slice(job.pk, until=AT_ONCE)
    run_slice(job.pk, until=AT_ONCE)
    assert files_kept() == ["1-part", "2-part"]
    cancel_job(job.pk, now=NOW)

    assert sweep_all(now=NOW)["old_files"] == 1

    assert files_kept() == []


def test_a_rebuild_has_no_file(ask_for: AskFor) -> None:
    job = ask_for(Job.Kind.REBUILD)

    assert run_slice(job.pk, until=LATER) == State.DONE

    job.refresh_from_db()
    assert (job.file_name, job.file_path, job.expires_at, files_kept()) == ("", "", None, [])
    assert DayRollup.objects.count() == 21
    assert DayRollup.objects.get(business_day=FIRST).items == 3
