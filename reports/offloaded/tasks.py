"""Task of each kind of job: how it processes days and finishes its file."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from reports.models import Job
from reports.offloaded.order_lines import finish_order_lines, write_order_lines
from reports.offloaded.sales_workbook import finish_sales, write_sales
from reports.patterns.rollups import rebuild_days

# Merges all parts into the job's file.
Finish = Callable[[Iterator[IO[bytes]], IO[bytes]], None]


@dataclass(frozen=True, slots=True)
class Task:
    """A kind of job: processes some days at a time, each time appending to a part of its file."""

    # Few enough for a second or two, because the time is only checked in between.
    days_at_once: int
    work_on: Callable[[Sequence[datetime.date], IO[bytes]], None]
    # None if the job makes no file.
    finish: Finish | None = None
    file_stem: str = ""
    file_type: str = ""

    def file_name(self, first: datetime.date, last: datetime.date) -> str:
        if not self.finish:
            return ""
        return f"{self.file_stem}-{first.isoformat()}-{last.isoformat()}.{self.file_type}"


def _rebuild(days: Sequence[datetime.date], part: IO[bytes]) -> None:
    rebuild_days(days)


TASKS: dict[str, Task] = {
    Job.Kind.EXPORT: Task(7, write_order_lines, finish_order_lines, "order-lines", "csv"),
    Job.Kind.SALES: Task(28, write_sales, finish_sales, "sales", "xlsx"),
    Job.Kind.REBUILD: Task(28, _rebuild),
}
