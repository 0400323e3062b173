"""Photos of products: decoded, cropped, re-encoded in several sizes, and stored.

The uploaded file is never stored. Re-encoding removes metadata such as place and date, and refuses
files that only pretend to be pictures.
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
# The format of most telephone cameras, so most photos lose little.
RATIO = (4, 3)
# The better format first: browsers use the first that they support. Qualities chosen by eye, see
# the tests.
QUALITIES = {"avif": 60, "webp": 78}
TYPES = {"avif": "image/avif", "webp": "image/webp"}
NAME_PATTERN = r"[0-9a-f]{32}-(?:320|640|1280)\.(?:avif|webp)"
# Lambda's limit for a request is 6 MB, which is 4.5 MB before base64.
MAX_BYTES = 4 * 1024 * 1024
MAX_PIXELS = 40_000_000
MIN_WIDTH, MIN_HEIGHT = 640, 480
TAKEN = ("JPEG", "PNG", "WEBP", "AVIF")
# Part of every file name. Files are cached for ever, so change it whenever the encoding changes.
_RECIPE = b"1"
_FOLDER = "photos"


class PhotoRefused(Exception):
    """A file cannot be used as a photo; the message says why and what to do."""


@dataclass(frozen=True, slots=True)
class Picture:
    """The addresses of a photo by width, one set per type, for a `<picture>` element."""

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
    """Return the addresses of the photo with this stem."""
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

    Raises PhotoRefused if it is too large, too small, or not a supported picture.
    """
    if len(content) > MAX_BYTES:
        raise PhotoRefused(
            _("The photo is %(size)s. Please choose one of at most %(limit)s.")
            % {"size": filesizeformat(len(content)), "limit": filesizeformat(MAX_BYTES)}
        )
    stem = hashlib.sha256(_RECIPE + content).hexdigest()[:32]
    return EncodedPhoto(stem, dict(_encode(_decode(content), stem)))


def _decode(content: bytes) -> "Image":
    """Return a picture upright, in sRGB and without transparency."""
    # Imported here, because Pillow is needed only for uploads.
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
    """Suppress Pillow's warning about large pictures, which are refused here anyway."""
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
    """Check the size in the file's header before decoding any pixel."""
    if width * height > MAX_PIXELS:
        raise _too_many_pixels(f"{width} by {height}")
    if min(width, height) < MIN_HEIGHT or max(width, height) < MIN_WIDTH:
        raise PhotoRefused(
            _("The photo has %(width)s by %(height)s pixels. Please choose one of %(least)s.")
            % {"width": width, "height": height, "least": f"{MIN_WIDTH} by {MIN_HEIGHT} or more"}
        )


def _reduce(image: "Image") -> "Image":
    """Return a large picture reduced by a whole factor, before other steps copy it.

    Forty million pixels need 160 MB, and each copy would need as much again.
    """
    # JPEG is decoded at a reduced size already.
    image.draft("RGB", (2 * WIDTHS[-1], 2 * WIDTHS[-1]))
    factor = min(image.size) // WIDTHS[-1]
    if factor < 2:
        return image
    return (image.convert("RGBA") if image.mode in ("P", "PA", "1") else image).reduce(factor)


def _flatten(image: "Image") -> "Image":
    """Return a picture in sRGB, with white in place of transparency."""
    from PIL import Image

    image = _in_srgb(image)
    if not image.has_transparency_data:
        return image.convert("RGB")
    layer = image.convert("RGBA")
    flat = Image.new("RGB", layer.size, "white")
    flat.paste(layer, mask=layer.getchannel("A"))
    return flat


def _in_srgb(image: "Image") -> "Image":
    """Return a picture converted to sRGB if it has another colour profile."""
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
        # A profile that cannot be read is ignored.
        return image
    return converted or image


def _encode(image: "Image", stem: str) -> Iterator[tuple[str, bytes]]:
    """Yield each file: cropped around the centre, without metadata."""
    from PIL import Image, ImageOps

    for width in WIDTHS:
        # Small photos are not enlarged: their largest file has the size of the photo.
        size = min(width, image.width, image.height * RATIO[0] // RATIO[1])
        cut = ImageOps.fit(image, (size, _height(size)), Image.Resampling.LANCZOS)
        cut.info.clear()
        for kind, quality in QUALITIES.items():
            file = io.BytesIO()
            cut.save(file, kind.upper(), quality=quality)
            yield _name(stem, width, kind), file.getvalue()


def store_photo(photo: EncodedPhoto) -> None:
    """Store a photo's files; safe to repeat.

    Call it before the row that names them is saved. If that fails, only a few unused files remain;
    in the other order, a page could show a missing photo.
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
