from django.urls import path

from cafe_site.shop import views

app_name = "shop"
urlpatterns = [
    path("legal-notice/", views.legal_notice, name="legal_notice"),
]
