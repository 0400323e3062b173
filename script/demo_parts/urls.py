"""The site's addresses, and those of the demo's own page."""

from django.urls import include, path

from script.demo_parts import mail_views

urlpatterns = [
    path("", include("cafe_site.urls")),
    path("demo/mails/", mail_views.mails, name="demo_mails"),
    path("demo/mails/<slug:key>/", mail_views.mail, name="demo_mail"),
]
