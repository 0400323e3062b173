"""A test client that adds the once-key to its forms, as the pages do."""

from typing import Any

from django.test import Client

from cafe_site.shop.fields import make_token

PREFIXES = ("", "cancel-", "quantity-", "refund-")


class FormClient(Client):
    """Each post is another form, unless it says which."""

    def post(  # type: ignore[override]
        self, path: str, data: Any = None, *args: Any, **kwargs: Any
    ) -> Any:
        if data is None or (isinstance(data, dict) and "content_type" not in kwargs and not args):
            keys = {f"{prefix}form_key": make_token() for prefix in PREFIXES}
            data = keys | (data or {})
        return super().post(path, data, *args, **kwargs)
