"""Model fields shared by several apps."""

import secrets
from typing import Any

from django.db import models

from cafe_site.identity.fields import ExactText


def make_token() -> str:
    """Return 128 random bits as 22 URL-safe characters."""
    return secrets.token_urlsafe(16)


class TokenField(ExactText, models.CharField):
    """A random access token, compared exactly."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 64)
        super().__init__(*args, **kwargs)
