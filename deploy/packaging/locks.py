"""Lock files with hashes, requirements/*.txt: parsing and cache keys."""

import hashlib
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]


def lock_of(name: str) -> Path:
    return ROOT / "requirements" / f"{name}.txt"


def digest_of(*parts: bytes | str) -> str:
    """Return a short hash of content, for the names of cache folders."""
    digest = hashlib.sha256()
    for part in parts:
        content = part.encode() if isinstance(part, str) else part
        digest.update(hashlib.sha256(content).digest())
    return digest.hexdigest()[:16]


def requirements_in(text: str) -> dict[str, str]:
    """Return the lines of each package in a lock: the version, then its indented hashes."""
    blocks = re.findall(r"^[a-z0-9].*(?:\n[ \t]+.*)*", text, re.MULTILINE)
    return {re.split(r"[=\[ ]", block, maxsplit=1)[0]: block for block in blocks}


def without(text: str, package: str) -> str:
    """Return a lock's text without one of its packages."""
    return "".join(f"{block}\n" for name, block in requirements_in(text).items() if name != package)
