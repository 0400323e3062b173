"""Task of each kind of job: how it processes days and finishes its file."""

import datetime
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import IO

from reports.models import Job
from reports.offloaded.order_lines import finish_order_lines, write_order_lines
from reports.offloaded.sales_workbook import finish_sales, write_sales
from reports.patterns.rollups import rebuild_days

# Makes a job's file of all its parts.
Finish = Callable[[Iterator[IO[bytes]], IO[bytes]], None]


@dataclass(frozen=True, slots=True)
class Task:
    """How a kind of job is done: days by days, each time appending to a part of its file."""

    # Few enough to take a second or two, for nobody looks at the time meanwhile.
    days_at_once: int
    work_on: Callable[[Sequence[datetime.date], IO[bytes]], None]
    # Without it there is no file.
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
