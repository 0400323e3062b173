from django.urls import path

from cafe_site.menu import views

app_name = "menu"
urlpatterns = [
    path("", views.menu, name="menu"),
    path("products/<slug:slug>/", views.product, name="product"),
]
