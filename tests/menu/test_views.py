"""Tests of the responses that serve photos."""

import pytest
from django.test import Client

from cafe_site.menu.photos import EncodedPhoto, store_photo

STEM = "b" * 32


def test_a_photo_is_kept_by_browsers_for_ever(client: Client) -> None:
    store_photo(EncodedPhoto(STEM, {f"{STEM}-640.avif": b"avif", f"{STEM}-640.webp": b"webp"}))

    answers = [client.get(f"/photos/{STEM}-640.{kind}") for kind in ("avif", "webp")]

    assert [(answer.content, answer["Content-Type"]) for answer in answers] == [
        (b"avif", "image/avif"),
        (b"webp", "image/webp"),
    ]
    assert answers[0]["Cache-Control"] == "public, max-age=31536000, immutable"
    assert answers[0]["X-Content-Type-Options"] == "nosniff"
    assert not answers[0].cookies


@pytest.mark.parametrize(
    "name",
    [
        f"{'c' * 32}-640.avif",
        f"{STEM}-641.avif",
        f"{STEM}-640.svg",
        f"{STEM}-640.avif.html",
        f"{STEM.upper()}-640.avif",
        f"../{STEM}-640.avif",
        "..%2f..%2fsettings.py",
        f"{STEM}-640.avif%0a",
        "",
    ],
)
def test_no_other_file_can_be_asked_for(client: Client, name: str) -> None:
    answer = client.get(f"/photos/{name}")

    assert answer.status_code == 404
    assert "immutable" not in answer.get("Cache-Control", "")
