import datetime
from collections.abc import Callable, Iterator, Sequence
from typing import IO

import pytest
from django.core.files.storage import default_storage
from django.db.models.functions import Now

from cafe_site.shop.business_day import DAY
from reports.models import Job
from reports.offloaded import running, tasks
from reports.offloaded.requesting import request_job
from tests.reports.conftest import SUNDAY, WEEK, Shop, shop

__all__ = ["shop"]

# On the Sunday, when all of its orders have been placed.
NOW = datetime.datetime(2026, 11, 22, 20, tzinfo=datetime.UTC)
FIRST = SUNDAY - 3 * WEEK

AskFor = Callable[..., Job]
Meanwhile = Callable[[Callable[[], object]], None]

State = Job.State
# When a slice's time is over, on the monotonic clock.
LATER = 1e12
AT_ONCE = 0.0


@pytest.fixture(autouse=True)
def empty_storage() -> Iterator[None]:
    """Start with a storage of this test's own; it is in memory."""
    yield
    for folder in (
        default_storage.listdir("exports")[0] if default_storage.exists("exports") else ()
    ):
        for name in default_storage.listdir(f"exports/{folder}")[1]:
            default_storage.delete(f"exports/{folder}/{name}")


@pytest.fixture
def weeks(shop: Shop) -> Shop:
    """Return a shop with orders on four Sundays: 22 business days."""
    shop.sell_the_sundays_before()
    shop.sell_an_ordinary_sunday()
    return shop


@pytest.fixture
def ask_for(weeks: Shop) -> AskFor:
    def ask(
        kind: str = Job.Kind.EXPORT,
        *,
        first: datetime.date = FIRST,
        last: datetime.date | None = None,
    ) -> Job:
        # Only days that have closed can be counted anew.
        last = last or (SUNDAY - DAY if kind == Job.Kind.REBUILD else SUNDAY)
        return request_job(kind, first=first, last=last, by=None, now=NOW)

    return ask


@pytest.fixture
def one_day_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have jobs look at the time after each day, so that few of them have many steps."""
    for kind, task in tasks.TASKS.items():
        monkeypatch.setitem(
            tasks.TASKS,
            kind,
            tasks.Task(1, task.work_on, task.finish, task.file_stem, task.file_type),
        )


def files_kept() -> list[str]:
    """Return the names of all files of exports, without their random folders."""
    if not default_storage.exists("exports"):
        return []
    return sorted(
        name
        for folder in default_storage.listdir("exports")[0]
        for name in default_storage.listdir(f"exports/{folder}")[1]
    )


def content_of(job: Job) -> bytes:
    job.refresh_from_db()
    with default_storage.open(job.file_path) as file:
        return bytes(file.read())


def end_lease(job: Job) -> None:
    """Let a job's holder outlive its lease, as one that died does."""
    Job.objects.filter(pk=job.pk).update(lease_expires_at=Now() - datetime.timedelta(seconds=1))


@pytest.fixture
def meanwhile(monkeypatch: pytest.MonkeyPatch) -> Meanwhile:
    """Have something happen once, while a job is at its first days."""

    work = running._work_on_next_days

    def happen(what: Callable[[], object]) -> None:
        def work_after_it(job: Job, task: tasks.Task, part: IO[bytes]) -> None:
            monkeypatch.setattr(running, "_work_on_next_days", work)
            what()
            work(job, task, part)

        monkeypatch.setattr(running, "_work_on_next_days", work_after_it)

    return happen


def break_days(monkeypatch: pytest.MonkeyPatch, kind: str = Job.Kind.EXPORT) -> None:
    def broken(days: Sequence[datetime.date], part: IO[bytes]) -> None:
        raise ConnectionError("nobody there")

    task = tasks.TASKS[kind]
    monkeypatch.setitem(
        tasks.TASKS, kind, tasks.Task(task.days_at_once, broken, task.finish, "x", "csv")
    )
