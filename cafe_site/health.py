"""The health check for monitoring."""

from django.contrib.auth.decorators import login_not_required
from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from reports.metrics import unreported_hours


@login_not_required
@never_cache
@require_safe
def health(request: HttpRequest) -> JsonResponse:
    """Answer 200 when the database answers, 503 when it does not.

    `unreported_hours` is how long the oldest business day without a published report is overdue. A
    late report does not change the status: it is no reason to take the site down.
    """
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        hours = unreported_hours(timezone.now())
    except DatabaseError:
        return JsonResponse({"database": "unreachable"}, status=503)
    return JsonResponse({"database": "ok", "unreported_hours": hours})
