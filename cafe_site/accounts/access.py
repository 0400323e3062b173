"""Who may open a page, on top of being signed in."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from cafe_site.accounts.models import User

View = Callable[..., HttpResponseBase]


def current_user(request: HttpRequest) -> User:
    """Return who is signed in; raise PermissionDenied for anybody else."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def staff_only(view: View) -> View:
    """Open a view to staff and owners."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not current_user(request).is_shop_staff:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def owners_only(view: View) -> View:
    """Open a view to owners."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not current_user(request).is_owner:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
