"""Addresses of the menu."""

from django.urls import path

from cafe_site.storefront import menu_views

app_name = "menu"
urlpatterns = [
    path("", menu_views.menu, name="menu"),
    path("products/<slug:slug>/", menu_views.product, name="product"),
]
