"""Writes to the menu beyond what the admin's forms do by themselves."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction

from cafe_site.menu.models import Product
from cafe_site.menu.photos import delete_photo


def delete_photos_when_committed(stems: Iterable[str]) -> None:
    """Delete photos once the change that put them out of use is certain."""
    for stem in set(stems) - {""}:
        transaction.on_commit(partial(delete_photo_if_unused, stem))


def delete_photo_if_unused(stem: str) -> None:
    """Delete a photo that no product names; the same one may stand beside two of them."""
    if not Product.objects.filter(photo=stem).exists():
        delete_photo(stem)
