"""Role checks for views: staff and owners."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase

from cafe_site.accounts.models import User

View = Callable[..., HttpResponseBase]


def current_user(request: HttpRequest) -> User:
    """Return the signed-in user; raise PermissionDenied if nobody is signed in."""
    if not isinstance(request.user, User):
        raise PermissionDenied
    return request.user


def staff_only(view: View) -> View:
    """Allow a view for staff and owners only."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not current_user(request).is_shop_staff:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded


def owners_only(view: View) -> View:
    """Allow a view for owners only."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not current_user(request).is_owner:
            raise PermissionDenied
        return view(request, *args, **kwargs)

    return guarded
