from django.apps import AppConfig
from django.contrib.admin import apps as admin_apps


class AccountsConfig(AppConfig):
    name = "cafe_site.accounts"


class CafeAdminConfig(admin_apps.AdminConfig):
    """The admin, opened by the café's roles instead of Django's permissions."""

    default = False
    default_site = "cafe_site.accounts.admin_site.CafeAdminSite"
