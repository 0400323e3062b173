"""Every address of the site."""

from django.contrib import admin
from django.urls import include, path

from cafe_site.health import health

urlpatterns = [
    path("", include("cafe_site.orders.menu_urls")),
    path("", include("cafe_site.menu.urls")),
    path("", include("cafe_site.orders.urls")),
    path("", include("cafe_site.accounts.urls")),
    path("dashboard/", include("cafe_site.dashboard.urls")),
    path("admin/", admin.site.urls),
    path("healthz", health, name="health"),
]
