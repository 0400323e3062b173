"""Photos of products: taken in, cut, freed of all metadata, and kept in sizes for every screen.

What was uploaded is never kept. It is decoded and encoded again, so that neither a place and a
date nor something that only pretends to be a picture gets any further than this module.
"""

import hashlib
import io
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.template.defaultfilters import filesizeformat
from django.urls import reverse
from django.utils.translation import gettext as _

if TYPE_CHECKING:
    from PIL.Image import Image

WIDTHS = (320, 640, 1280)
# Four to three is what telephones take: most photos lose nothing but a rim.
RATIO = (4, 3)
# The better one first: a browser takes the first that it knows. Qualities by eye, see the tests.
QUALITIES = {"avif": 60, "webp": 78}
TYPES = {"avif": "image/avif", "webp": "image/webp"}
NAME_PATTERN = r"[0-9a-f]{32}-(?:320|640|1280)\.(?:avif|webp)"
# Lambda takes requests of 6 MB, in which base64 leaves room for 4.5.
MAX_BYTES = 4 * 1024 * 1024
MAX_PIXELS = 40_000_000
MIN_WIDTH, MIN_HEIGHT = 640, 480
TAKEN = ("JPEG", "PNG", "WEBP", "AVIF")
# Part of every name, which is kept in caches for ever: raise it whenever the encoding changes.
_RECIPE = b"1"
_FOLDER = "photos"


class PhotoRefused(Exception):
    """A file cannot be taken as a photo; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Picture:
    """What a page needs to show a photo: addresses by width, one set for each type."""

    sources: tuple[tuple[str, str], ...]
    fallback: str
    width: int
    height: int


@dataclass(frozen=True, slots=True)
class EncodedPhoto:
    """A photo's files by name; all their names start with the stem."""

    stem: str
    files: dict[str, bytes]


def picture_of(stem: str) -> Picture:
    """Return how a page shows the photo of that stem."""
    sources = []
    for kind in QUALITIES:
        addresses = [f"{_address(stem, width, kind)} {width}w" for width in WIDTHS]
        sources.append((TYPES[kind], ", ".join(addresses)))
    width = WIDTHS[1]
    return Picture(tuple(sources), _address(stem, width, "webp"), width, _height(width))


def _address(stem: str, width: int, kind: str) -> str:
    return reverse("photos:photo", args=[_name(stem, width, kind)])


def _name(stem: str, width: int, kind: str) -> str:
    return f"{stem}-{width}.{kind}"


def names_of(stem: str) -> list[str]:
    return [_name(stem, width, kind) for kind in QUALITIES for width in WIDTHS]


def _height(width: int) -> int:
    return width * RATIO[1] // RATIO[0]


def encode_photo(content: bytes) -> EncodedPhoto:
    """Return the files of a photo; the same content has the same names.

    Raises PhotoRefused when it is too large, too small, or no picture that we take.
    """
    if len(content) > MAX_BYTES:
        raise PhotoRefused(
            _("The photo has %(size)s. Please choose one of at most %(limit)s.")
            % {"size": filesizeformat(len(content)), "limit": filesizeformat(MAX_BYTES)}
        )
    stem = hashlib.sha256(_RECIPE + content).hexdigest()[:32]
    return EncodedPhoto(stem, dict(_encode(_decode(content), stem)))


def _decode(content: bytes) -> "Image":
    """Return a picture upright, in sRGB and without transparency."""
    # Pillow is needed only when somebody uploads something.
    from PIL import Image, ImageOps, UnidentifiedImageError

    try:
        with _without_warnings(), Image.open(io.BytesIO(content), formats=TAKEN) as image:
            _check_size(*image.size)
            return _flatten(ImageOps.exif_transpose(_reduce(image)))
    except Image.DecompressionBombError as error:
        raise _too_many_pixels(_("over 170 million")) from error
    except UnidentifiedImageError as error:
        raise PhotoRefused(
            _("We cannot read this file as a picture. Please choose a JPEG, PNG, WebP or AVIF.")
        ) from error
    except (OSError, SyntaxError, ValueError) as error:
        raise PhotoRefused(
            _("The photo is damaged and cannot be read. Please choose another one.")
        ) from error


@contextmanager
def _without_warnings() -> Iterator[None]:
    """Keep Pillow from warning of sizes that are refused here with a sentence."""
    from PIL import Image

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", Image.DecompressionBombWarning)
        yield


def _too_many_pixels(found: str) -> PhotoRefused:
    return PhotoRefused(
        _("The photo has %(found)s pixels. Please choose one of at most %(limit)s million.")
        % {"found": found, "limit": MAX_PIXELS // 1_000_000}
    )


def _check_size(width: int, height: int) -> None:
    """Look at the size that the file's head tells, before a pixel of it is decoded."""
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(f"{width} by {height}")
    if min(width, height) < MIN_HEIGHT or max(width, height) < MIN_WIDTH:
        raise PhotoRefused(
            _("The photo has %(width)s by %(height)s pixels. Please choose one of %(least)s.")
            % {"width": width, "height": height, "least": f"{MIN_WIDTH} by {MIN_HEIGHT} or more"}
        )


def _reduce(image: "Image") -> "Image":
    """Return a large picture at a half, a third and so on, before anything makes copies of it.

    Forty million pixels are 160 MB, and each step would take as much again.
    """
    # JPEG is not even decoded at its full size.
    image.draft("RGB", (2 * WIDTHS[-1], 2 * WIDTHS[-1]))
    factor = min(image.size) // WIDTHS[-1]
    if factor < 2:
        return image
    return (image.convert("RGBA") if image.mode in ("P", "PA", "1") else image).reduce(factor)


def _flatten(image: "Image") -> "Image":
    """Return a picture in sRGB, on white where it was transparent."""
    from PIL import Image

    image = _in_srgb(image)
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    flat = Image.new("RGB", layer.size, "white")
    flat.paste(layer, mask=layer.getchannel("A"))
    return flat


def _in_srgb(image: "Image") -> "Image":
    """Return a picture in the colours of the web, if it says that it has others."""
    from PIL import ImageCms

    profile = image.info.get("icc_profile")
    if not profile or image.mode not in ("RGB", "RGBA", "CMYK", "L"):
        return image
    try:
        converted = ImageCms.profileToProfile(
            image,
            ImageCms.ImageCmsProfile(io.BytesIO(profile)),
            ImageCms.createProfile("sRGB"),
            outputMode="RGBA" if image.mode == "RGBA" else "RGB",
        )
    except (ImageCms.PyCMSError, OSError):
        # A profile that cannot be read says nothing about the colours.
        return image
    return converted or image


def _encode(image: "Image", stem: str) -> Iterator[tuple[str, bytes]]:
    """Yield each file: cut from the middle, without a trace of the metadata."""
    from PIL import Image, ImageOps

    for width in WIDTHS:
        # Nothing is blown up: from a small photo the largest file is as large as it can be.
        size = min(width, image.width, image.height * RATIO[0] // RATIO[1])
        cut = ImageOps.fit(image, (size, _height(size)), Image.Resampling.LANCZOS)
        cut.info.clear()
        for kind, quality in QUALITIES.items():
            file = io.BytesIO()
            cut.save(file, kind.upper(), quality=quality)
            yield _name(stem, width, kind), file.getvalue()


def store_photo(photo: EncodedPhoto) -> None:
    """Keep a photo's files; safe to repeat.

    Call it before the row that names them is written: should that fail, a few files are left over
    that nobody sees, where the other way round a page would show a photo that is not there.
    """
    for name, content in photo.files.items():
        path = f"{_FOLDER}/{name}"
        if not default_storage.exists(path):
            default_storage.save(path, ContentFile(content))


def delete_photo(stem: str) -> None:
    """Delete a photo's files; safe to repeat."""
    for name in names_of(stem):
        default_storage.delete(f"{_FOLDER}/{name}")


def read_photo(name: str) -> bytes:
    """Return one file of a photo; raise FileNotFoundError when there is none."""
    with default_storage.open(f"{_FOLDER}/{name}") as file:
        return bytes(file.read())
