"""Storage of job files: in the photo storage, under unguessable names.

Each run of a job writes under its own fence, so a process that has lost its claim without knowing
overwrites nothing. The paths follow from the job, so deleting needs no listing.
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
    """Return a temporary file on disk, because exports do not fit into memory."""
    return TemporaryFile()


def part_path(job: Job, fence: int) -> str:
    return f"{_FOLDER}/{job.folder}/{fence}-part"


def whole_path(job: Job, fence: int) -> str:
    return f"{_FOLDER}/{job.folder}/{fence}-{job.file_name}"


def save(path: str, file: IO[bytes]) -> None:
    file.seek(0)
    default_storage.save(path, File(file))


def parts_of(job: Job, newest: IO[bytes]) -> Iterator[IO[bytes]]:
    """Yield the parts saved by earlier runs, then this run's part, each open at its start."""
    for fence in job.kept_parts:
        with default_storage.open(part_path(job, fence)) as part:
            yield part
    newest.seek(0)
    yield newest


def put_together(parts: Iterator[IO[bytes]], whole: IO[bytes]) -> None:
    for part in parts:
        shutil.copyfileobj(part, whole)


def delete_run(job: Job, fence: int) -> None:
    """Delete the files of one run; safe to repeat."""
    default_storage.delete(part_path(job, fence))
    if job.file_name:
        default_storage.delete(whole_path(job, fence))


def delete_parts(job: Job) -> None:
    """Delete the parts, once the file is complete; safe to repeat."""
    for fence in job.kept_parts:
        default_storage.delete(part_path(job, fence))


def delete_all(job: Job) -> None:
    """Delete all files of a job; safe to repeat."""
    for fence in range(1, job.fence + 1):
        delete_run(job, fence)


def open_file(job: Job) -> File:
    """Open a job's file; raise FileNotFoundError if it was deleted."""
    return default_storage.open(job.file_path)


def signed_address(job: Job, *, seconds: int) -> str | None:
    """Return a temporary download address of a job's file; None if the site serves it.

    Only the S3 storage can sign addresses. The file then bypasses the site, because a Lambda
    response cannot exceed 6 MB.
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
