"""The package of a stage: building it, and storing it in the stack's bucket for Lambda.

It is stored under its hash, so the same package is uploaded once, and earlier ones can be restored.
"""

import base64
import hashlib
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from deploy.errors import StepFailed
from deploy.packaging.locks import ROOT
from deploy.rollout.smoke import Fetch

FOLDER = ROOT / "var" / "packages"


@dataclass(frozen=True, slots=True)
class StoredPackage:
    bucket: str
    key: str
    # Lambda's CodeSha256: the SHA-256 in base64.
    code_sha256: str

    @property
    def address(self) -> str:
        return f"s3://{self.bucket}/{self.key}"


def build_package(stage: str, settings_file: Path, ca_file: Path) -> Path:
    """Run script/package; its output is shown."""
    archive = FOLDER / f"cafe-{stage}.zip"
    command: list[str | Path] = [
        *(ROOT / "script" / "package", stage, "--settings-file", settings_file),
        *("--ca-file", ca_file, "--output", archive),
    ]
    FOLDER.mkdir(parents=True, exist_ok=True)
    done = subprocess.run(command, stdin=subprocess.DEVNULL, check=False)
    if done.returncode != 0:
        raise StepFailed(f"script/package {stage} failed with status {done.returncode}; see above.")
    return archive


def find_ca_file(given: Path | None, expected: Path, address: str, fetch: Fetch) -> Path:
    """Return the file with RDS's certificate authorities; download it if it is missing."""
    if given is not None:
        return given
    if not expected.exists():
        try:
            content = fetch(address)
        except OSError as error:
            raise StepFailed(
                f"The certificate authorities of RDS could not be downloaded from {address}: "
                f"{error}. "
                f"Save them as {expected.relative_to(ROOT)}, or name a file with --ca-file."
            ) from error
        expected.parent.mkdir(parents=True, exist_ok=True)
        expected.write_bytes(content)
    return expected


def store_package(session: Any, stage: str, archive: Path, bucket: str) -> StoredPackage:
    """Upload a package to the bucket, unless it is there."""
    content = archive.read_bytes()
    digest = hashlib.sha256(content)
    key = f"packages/{stage}-{digest.hexdigest()[:16]}.zip"
    client = session.client("s3")
    if client.list_objects_v2(Bucket=bucket, Prefix=key)["KeyCount"] == 0:
        client.put_object(Bucket=bucket, Key=key, Body=content, ServerSideEncryption="AES256")
    return StoredPackage(bucket, key, base64.b64encode(digest.digest()).decode())


def take_stored_package(session: Any, address: str, bucket: str) -> StoredPackage:
    """Return a package of an earlier deployment from the bucket."""
    parts = urlsplit(address)
    client = session.client("s3")
    if parts.netloc != bucket or not parts.path.startswith("/packages/"):
        raise StepFailed(
            f"{address} is not a package of this stack. List them with "
            f"`aws s3 ls s3://{bucket}/packages/`."
        )
    try:
        content = client.get_object(Bucket=bucket, Key=parts.path[1:])["Body"].read()
    except client.exceptions.NoSuchKey as error:
        raise StepFailed(
            f"There is no {address}; see `aws s3 ls s3://{bucket}/packages/`."
        ) from error
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    return StoredPackage(bucket, parts.path[1:], digest)
