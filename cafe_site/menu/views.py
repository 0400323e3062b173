from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from cafe_site.menu.photos import TYPES, read_photo


@login_not_required
@require_safe
@cache_control(public=True, max_age=365 * 24 * 3600, immutable=True)
def photo(request: HttpRequest, name: str) -> HttpResponse:
    """Send one file of a photo. Its name is derived from its content, so it can be cached for
    ever."""
    try:
        content = read_photo(name)
    except FileNotFoundError as error:
        raise Http404 from error
    return HttpResponse(content, content_type=TYPES[name.rsplit(".", 1)[1]])
