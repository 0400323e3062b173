"""The URLs of the site."""

from django.contrib import admin
from django.contrib.auth.decorators import login_not_required
from django.urls import include, path
from django.views.decorators.http import require_POST
from django.views.i18n import set_language

from cafe_site.health import health

urlpatterns = [
    path("", include("cafe_site.storefront.menu_urls")),
    path("", include("cafe_site.menu.urls")),
    path("", include("cafe_site.storefront.urls")),
    path("", include("cafe_site.accounts.urls")),
    path("", include("cafe_site.shop.urls")),
    path("dashboard/", include("cafe_site.dashboard.urls")),
    path("admin/", admin.site.urls),
    path("language/", require_POST(login_not_required(set_language)), name="set_language"),
    path("healthz", health, name="health"),
]
