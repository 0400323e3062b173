"""Tests of requesting jobs: what is allowed, and that requesting twice makes one job."""

import datetime
from typing import Any

import pytest
from django.db.models import ProtectedError

from cafe_site.accounts.models import User
from cafe_site.shop.business_day import DAY
from cafe_site.shop.periods import DayRange
from reports.models import Job
from reports.offloaded.requesting import PeriodRefused, available_span, request_job
from reports.offloaded.running import run_slice
from tests.fixtures.exports import FIRST, NOW, AskFor
from tests.fixtures.shop import SUNDAY, Shop


def test_what_is_asked_for_is_written_down(weeks: Shop, owner: User) -> None:
    job = request_job(Job.Kind.SALES, first=FIRST, last=SUNDAY, by=owner, now=NOW)

    job.refresh_from_db()
    assert (job.kind, job.first_day, job.last_day) == (Job.Kind.SALES, FIRST, SUNDAY)
    assert (job.state, job.created_by, job.created_at) == (Job.State.QUEUED, owner, NOW)
    assert (job.total_days, job.done_days) == (22, 0)
    assert job.file_name == "sales-2026-11-01-2026-11-22.xlsx"
    assert len(job.folder) == 32


def test_asked_for_twice_it_is_one_job_until_it_is_done(ask_for: AskFor) -> None:
    job = ask_for()
    assert ask_for() == job
    run_slice(job.pk, until=1e12)

    assert ask_for() != job

    # Files of two jobs lie apart.
    assert len(set(Job.objects.values_list("folder", flat=True))) == 2


def test_asked_for_twice_it_is_started_once(
    ask_for: AskFor, django_capture_on_commit_callbacks: Any
) -> None:
    with django_capture_on_commit_callbacks() as callbacks:
        ask_for(), ask_for()

    assert len(callbacks) == 1


def test_other_days_or_another_kind_are_another_job(ask_for: AskFor) -> None:
    jobs = {ask_for().pk, ask_for(Job.Kind.SALES).pk, ask_for(first=FIRST + DAY).pk}

    assert len(jobs) == 3


def test_an_owner_who_leaves_takes_no_job_along(weeks: Shop, owner: User) -> None:
    job = request_job(Job.Kind.SALES, first=FIRST, last=SUNDAY, by=owner, now=NOW)

    try:
        owner.delete()
    except ProtectedError:
        pytest.fail("A job keeps nobody here.")

    job.refresh_from_db()
    assert job.created_by is None


@pytest.mark.parametrize(
    ("kind", "first", "last", "field", "sentence"),
    [
        (
            Job.Kind.EXPORT,
            SUNDAY,
            SUNDAY - DAY,
            "last",
            "The last day, 21 November 2026, is before the first, 22 November 2026. "
            "Choose a later last day.",
        ),
        (
            Job.Kind.EXPORT,
            FIRST - DAY,
            SUNDAY,
            "first",
            "The first order was on 1 November 2026. "
            "Choose that day or a later one instead of 31 October 2026.",
        ),
        (
            Job.Kind.SALES,
            FIRST,
            SUNDAY + DAY,
            "last",
            "The newest day available is 22 November 2026. "
            "Choose it or an earlier one instead of 23 November 2026.",
        ),
        # Today has not closed yet.
        (
            Job.Kind.REBUILD,
            SUNDAY,
            SUNDAY,
            "last",
            "The newest day available is 21 November 2026. "
            "Choose it or an earlier one instead of 22 November 2026.",
        ),
    ],
)
def test_days_that_cannot_be_had_are_refused_with_the_remedy(
    kind: str,
    first: datetime.date,
    last: datetime.date,
    field: str,
    sentence: str,
    weeks: Shop,
) -> None:
    with pytest.raises(PeriodRefused) as refused:
        request_job(kind, first=first, last=last, by=None, now=NOW)

    assert (refused.value.field, str(refused.value)) == (field, sentence)
    assert not Job.objects.exists()


def test_counting_everything_anew_ends_with_the_last_closed_day(weeks: Shop) -> None:
    job = request_job(Job.Kind.REBUILD, first=FIRST, last=SUNDAY, by=None, now=NOW)

    assert (job.first_day, job.last_day) == (FIRST, SUNDAY - DAY)


def test_before_the_first_order_there_is_nothing_to_be_had(shop: Shop) -> None:
    assert available_span(Job.Kind.EXPORT, now=NOW) is None
    with pytest.raises(PeriodRefused, match="There is no order yet"):
        request_job(Job.Kind.EXPORT, first=SUNDAY, last=SUNDAY, by=None, now=NOW)


def test_a_shop_on_its_first_day_has_no_day_to_count_anew(shop: Shop) -> None:
    shop.sell_an_ordinary_sunday()

    assert available_span(Job.Kind.EXPORT, now=NOW) == DayRange(SUNDAY, SUNDAY)
    assert available_span(Job.Kind.REBUILD, now=NOW) is None
