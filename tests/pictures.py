"""Makes pictures for tests."""

import io
from typing import Any

from PIL import Image


def photo(width: int = 1600, height: int = 1200, kind: str = "JPEG", **options: Any) -> bytes:
    """Return a picture whose left half is red and whose right half is blue."""
    image = Image.new(options.pop("mode", "RGB"), (width, height), "red")
    image.paste("blue", (width // 2, 0, width, height))
    return save(image, kind, **options)


def save(image: Image.Image, kind: str, **options: Any) -> bytes:
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def opened(content: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(content))
    image.load()
    return image
