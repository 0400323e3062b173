"""Size limits of packages, and the reason for each large part."""

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from deploy.packaging.errors import PackageError

MIB = 1024 * 1024
# Each start unpacks all of it. Lambda's limit is 50 MB for a directly uploaded zip.
ZIPPED_LIMITS = {"web": 15 * MIB, "reports": 60 * MIB}
# Lambda's limit for an unpacked function.
UNZIPPED_LIMIT = 250 * 1000 * 1000
# Larger dependencies need a reason below.
LARGE = 3 * MIB

REASONS = {
    "botocore": "SNS, S3 and Lambda's asynchronous calls; the data of five services. "
    "Lambda's own copy changes without a deployment, and differs from the tested one",
    "cafe_site": "the site itself",
    "django": "the framework",
    "holidays": "the bake plan knows the public holidays of the shop's country",
    "numpy": "the bake plan's forecasts; imported when one is made, and not in the web's package",
    "numpy.libs": "numpy's linear algebra",
    "pillow.libs": "codecs, AVIF's above all, by which photos are encoded",
    "PIL": "photos of products are decoded and cropped",
    "stripe": "payments online and refunds to cards; imported when a customer pays",
    "tzdata": "the shop's time zone: Lambda's image has no zones that zoneinfo finds",
    "var": "collected static files, each as it is and compressed",
}


@dataclass(frozen=True, slots=True)
class Sizes:
    zipped: int
    unzipped: int
    # The size of each top-level folder or file, the largest first.
    parts: tuple[tuple[str, int], ...]

    def lines(self) -> list[str]:
        """Return the summary of a finished package."""
        head = f"{self.zipped / MIB:.1f} MiB zipped, {self.unzipped / MIB:.1f} MiB unzipped"
        return [
            head,
            *(
                f"{size / MIB:8.1f} MiB  {name:<20} {REASONS.get(name, '')}".rstrip()
                for name, size in self.parts[:10]
            ),
        ]


def measure(folder: Path, archive: Path) -> Sizes:
    parts: Counter[str] = Counter()
    for path in folder.rglob("*"):
        if path.is_file():
            parts[path.relative_to(folder).parts[0]] += path.stat().st_size
    return Sizes(archive.stat().st_size, parts.total(), tuple(parts.most_common()))


def refuse_too_large(stage: str, sizes: Sizes) -> None:
    """Raise PackageError if the package, or a part without a reason, is too large."""
    for name, size in sizes.parts:
        if size > LARGE and name not in REASONS:
            raise PackageError(
                f"{name} takes {size / MIB:.1f} MiB of the package, without a reason in REASONS "
                "in deploy/packaging/sizes.py. Add one, or leave it out."
            )
    limit = ZIPPED_LIMITS[stage]
    if sizes.zipped > limit:
        raise PackageError(
            f"The package of {stage} has {sizes.zipped / MIB:.1f} MiB zipped, and may have "
            f"{limit / MIB:.0f}: see above for its largest parts."
        )
    if sizes.unzipped > UNZIPPED_LIMIT:
        raise PackageError(
            f"The package of {stage} unpacks to {sizes.unzipped / 1_000_000:.0f} MB, and Lambda "
            f"takes {UNZIPPED_LIMIT / 1_000_000:.0f}: see above for its largest parts."
        )
