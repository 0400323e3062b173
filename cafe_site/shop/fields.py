"""Model fields that more than one app needs."""

import secrets
from typing import Any

from django.db import models

from cafe_site.identity.fields import ExactText


def make_token() -> str:
    """Return 128 random bits as 22 characters that may stand in an address."""
    return secrets.token_urlsafe(16)


class TokenField(ExactText, models.CharField):
    """A random text that gives access to something: no other text is equal to it."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)
