"""Tests of uploaded photos: rotated, with a location, damaged, or of a wrong type."""

import struct
import zlib
from typing import Any

import boto3
import pytest
from django.core.files.storage import default_storage
from moto import mock_aws
from PIL import Image, ImageCms

from cafe_site.menu.photos import (
    MAX_BYTES,
    PhotoRefused,
    delete_photo,
    encode_photo,
    names_of,
    picture_of,
    read_photo,
    store_photo,
)
from tests.pictures import opened, photo, save

GPS, MAKE, ORIENTATION = 0x8825, 0x010F, 0x0112


def tagged(**tags: object) -> Image.Exif:
    exif = Image.Exif()
    exif[MAKE] = "Telephone"
    exif.get_ifd(GPS).update({1: "N", 2: (52.0, 31.0, 12.0), 3: "E", 4: (13.0, 24.0, 18.0)})
    return exif


def test_a_photo_becomes_six_files_of_three_widths() -> None:
    encoded = encode_photo(photo(1600, 1200))

    sizes = {name.partition("-")[2]: opened(file).size for name, file in encoded.files.items()}
    assert sizes == {
        "320.avif": (320, 240),
        "640.avif": (640, 480),
        "1280.avif": (1280, 960),
        "320.webp": (320, 240),
        "640.webp": (640, 480),
        "1280.webp": (1280, 960),
    }
    assert set(encoded.files) == set(names_of(encoded.stem))
    assert {opened(file).format for file in encoded.files.values()} == {"AVIF", "WEBP"}


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF"])
def test_no_metadata_is_left(kind: str) -> None:
    profile = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    content = photo(kind=kind, exif=tagged(), icc_profile=profile)
    assert b"Telephone" in content

    encoded = encode_photo(content)

    for file in encoded.files.values():
        image = opened(file)
        assert dict(image.getexif()) == {}
        assert {"exif", "xmp", "icc_profile", "comment"} & set(image.info) == set()
        assert b"Telephone" not in file
        assert b"Exif" not in file


def test_a_photo_taken_upright_stands_upright() -> None:
    exif = Image.Exif()
    exif[ORIENTATION] = 6  # To be turned clockwise: its left, the red half, comes to the top.
    encoded = encode_photo(photo(1600, 1200, exif=exif))

    image = opened(encoded.files[f"{encoded.stem}-640.webp"]).convert("RGB")

    above, below = (image.getpixel((320, y)) for y in (40, 440))
    assert (above[0] > 200, above[2] < 60) == (True, True)  # type: ignore[index]
    assert (below[0] < 60, below[2] > 200) == (True, True)  # type: ignore[index]


def test_a_wide_photo_is_cut_from_the_middle() -> None:
    encoded = encode_photo(photo(4000, 1000))

    image = opened(encoded.files[f"{encoded.stem}-640.webp"]).convert("RGB")

    colours = [max(range(3), key=image.getpixel((x, 240)).__getitem__) for x in (10, 310, 330, 630)]
    assert (image.size, colours) == ((640, 480), [0, 0, 2, 2])


def test_a_small_photo_is_not_blown_up() -> None:
    encoded = encode_photo(photo(800, 600))

    widths = {opened(file).width for file in encoded.files.values()}

    assert widths == {320, 640, 800}


@pytest.mark.parametrize("mode", ["RGBA", "LA", "P", "L"])
def test_a_transparent_or_grey_picture_is_shown_on_white(mode: str) -> None:
    image = Image.new("RGBA", (800, 600), (0, 0, 0, 0)).convert(mode)
    if mode == "P":
        image.info["transparency"] = image.getpixel((0, 0))
    encoded = encode_photo(save(image, "PNG"))

    corner = opened(encoded.files[f"{encoded.stem}-320.webp"]).convert("RGB").getpixel((5, 5))

    assert corner == ((0, 0, 0) if mode == "L" else (255, 255, 255))


def test_a_profile_that_does_not_fit_is_left_aside() -> None:
    lab = ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB"))
    broken = photo(icc_profile=b"no profile at all")
    mismatched = photo(icc_profile=lab.tobytes())

    for content in (broken, mismatched):
        encoded = encode_photo(content)
        pixel = opened(encoded.files[f"{encoded.stem}-640.webp"]).convert("RGB").getpixel((9, 9))
        assert pixel[0] > 200  # type: ignore[index]


def png_head(width: int, height: int) -> bytes:
    """Return a PNG that claims a size, and holds almost nothing."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        return (
            struct.pack(">I", len(content))
            + kind
            + content
            + struct.pack(">I", zlib.crc32(kind + content))
        )

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", head)
        + chunk(b"IDAT", zlib.compress(b""))
        + chunk(b"IEND", b"")
    )


NOT_READ = "We cannot read this file as a picture. Please choose a JPEG, PNG, WebP or AVIF."
DAMAGED = "The photo is damaged and cannot be read. Please choose another one."
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        (b"", NOT_READ),
        (b"not a picture", NOT_READ),
        (SVG, NOT_READ),
        (photo(kind="GIF"), NOT_READ),
        (b"\x00\x00\x00\x18ftypheic\x00\x00\x00\x00mif1heic" + b"\x00" * 500, NOT_READ),
        (photo()[:2000], DAMAGED),
        (png_head(1000, 1000), DAMAGED),
        (
            b"x" * (MAX_BYTES + 600_000),
            "The photo is 4.6\xa0MB. Please choose one of at most 4.0\xa0MB.",
        ),
        (
            photo(600, 400),
            "The photo has 600 by 400 pixels. Please choose one of 640 by 480 or more.",
        ),
        (
            png_head(8000, 6000),
            "The photo has 8000 by 6000 pixels. Please choose one of at most 40 million.",
        ),
        (
            png_head(12_000, 10_000),
            "The photo has 12000 by 10000 pixels. Please choose one of at most 40 million.",
        ),
        (
            png_head(60_000, 60_000),
            "The photo has over 170 million pixels. Please choose one of at most 40 million.",
        ),
    ],
    ids=lambda value: value[:20] if isinstance(value, str) else "file",
)
def test_what_cannot_be_taken_is_refused_with_a_sentence(content: bytes, sentence: str) -> None:
    with pytest.raises(PhotoRefused) as refusal:
        encode_photo(content)

    assert str(refusal.value) == sentence


def test_files_are_stored_read_and_deleted_however_often() -> None:
    encoded = encode_photo(photo(900, 700))
    store_photo(encoded)
    store_photo(encoded)

    stored = {name: read_photo(name) for name in names_of(encoded.stem)}
    folder = default_storage.listdir("photos")[1]
    delete_photo(encoded.stem)
    delete_photo(encoded.stem)

    assert stored == encoded.files
    assert {name for name in folder if name.startswith(encoded.stem)} == set(encoded.files)
    with pytest.raises(FileNotFoundError):
        read_photo(f"{encoded.stem}-320.webp")


def test_photos_are_kept_in_a_bucket_as_they_are_in_a_folder(settings: Any) -> None:
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {"bucket_name": "photos"},
        },
    }
    encoded = encode_photo(photo(900, 700))
    with mock_aws():
        boto3.client("s3", region_name="us-east-1").create_bucket(Bucket="photos")
        store_photo(encoded)
        store_photo(encoded)

        stored = {name: read_photo(name) for name in names_of(encoded.stem)}
        delete_photo(encoded.stem)
        delete_photo(encoded.stem)

        assert stored == encoded.files
        with pytest.raises(FileNotFoundError):
            read_photo(f"{encoded.stem}-320.webp")


def test_the_same_photo_has_the_same_names_and_another_has_others() -> None:
    stems = [encode_photo(photo(*size)).stem for size in ((900, 700), (900, 700), (901, 700))]

    assert stems[0] == stems[1] != stems[2]


def test_a_page_offers_the_better_type_first() -> None:
    picture = picture_of("a" * 32)

    assert [kind for kind, _addresses in picture.sources] == ["image/avif", "image/webp"]
    assert picture.sources[0][1].split(", ")[0] == f"/photos/{'a' * 32}-320.avif 320w"
    assert (picture.fallback, picture.width, picture.height) == (
        f"/photos/{'a' * 32}-640.webp",
        640,
        480,
    )
