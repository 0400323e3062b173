"""Storage of job files: in the photo storage, under unguessable names.

Each run of a job writes under its own fence, so that a process which lost its claim and does not
know it yet overwrites nothing. And whoever deletes them needs no list of what is there.
"""

import shutil
from collections.abc import Iterator
from contextlib import AbstractContextManager
from tempfile import TemporaryFile
from typing import IO, Any

from django.core.files import File
from django.core.files.storage import default_storage

from reports.models import Job

_FOLDER = "exports"


def new_file() -> AbstractContextManager[IO[bytes]]:
    """Return a file on the disk that is gone when it is closed: exports do not fit in memory."""
    return TemporaryFile()


def part_path(job: Job, fence: int) -> str:
    return f"{_FOLDER}/{job.folder}/{fence}-part"


def whole_path(job: Job, fence: int) -> str:
    return f"{_FOLDER}/{job.folder}/{fence}-{job.file_name}"


def save(path: str, file: IO[bytes]) -> None:
    file.seek(0)
    default_storage.save(path, File(file))


def parts_of(job: Job, newest: IO[bytes]) -> Iterator[IO[bytes]]:
    """Yield each part that earlier runs kept, and then this run's own, open at its start."""
    for fence in job.kept_parts:
        with default_storage.open(part_path(job, fence)) as part:
            yield part
    newest.seek(0)
    yield newest


def put_together(parts: Iterator[IO[bytes]], whole: IO[bytes]) -> None:
    for part in parts:
        shutil.copyfileobj(part, whole)


def delete_run(job: Job, fence: int) -> None:
    """Delete what one run has written; safe to repeat."""
    default_storage.delete(part_path(job, fence))
    if job.file_name:
        default_storage.delete(whole_path(job, fence))


def delete_parts(job: Job) -> None:
    """Delete what was only needed until the file was whole; safe to repeat."""
    for fence in job.kept_parts:
        default_storage.delete(part_path(job, fence))


def delete_all(job: Job) -> None:
    """Delete whatever any run of a job has written; safe to repeat."""
    for fence in range(1, job.fence + 1):
        delete_run(job, fence)


def open_file(job: Job) -> File:
    """Open a job's file; raise FileNotFoundError when it is gone."""
    return default_storage.open(job.file_path)


def signed_address(job: Job, *, seconds: int) -> str | None:
    """Return where a browser may fetch a job's file for so long; None where the site has it.

    S3's storage alone can sign an address. A file goes past the site then: Lambda could not
    answer with one that is larger than 6 MB.
    """
    storage: Any = default_storage
    if not getattr(storage, "querystring_auth", False):
        return None
    return str(
        storage.url(
            job.file_path,
            parameters={
                "ResponseContentDisposition": f'attachment; filename="{job.file_name}"',
                "ResponseCacheControl": "no-store",
            },
            expire=seconds,
        )
    )
