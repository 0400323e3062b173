"""Writes to the menu that the admin's forms do not do themselves."""

from collections.abc import Iterable
from functools import partial

from django.db import transaction

from cafe_site.menu.models import Product
from cafe_site.menu.photos import delete_photo


def delete_photos_when_committed(stems: Iterable[str]) -> None:
    """Delete unused photos once the transaction is committed."""
    for stem in set(stems) - {""}:
        transaction.on_commit(partial(delete_photo_if_unused, stem))


def delete_photo_if_unused(stem: str) -> None:
    """Delete a photo if no product uses it; two products may share one."""
    if not Product.objects.filter(photo=stem).exists():
        delete_photo(stem)
