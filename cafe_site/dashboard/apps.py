"""App configuration of the dashboard."""

from django.apps import AppConfig


class DashboardConfig(AppConfig):
    name = "cafe_site.dashboard"
