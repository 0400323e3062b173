"""The site's URLs, and that of the demo's page of e-mails."""

from django.urls import include, path

from script.demo_parts import mail_views

urlpatterns = [
    path("", include("cafe_site.urls")),
    path("demo/mails/", mail_views.mails, name="demo_mails"),
    path("demo/mails/<slug:key>/", mail_views.mail, name="demo_mail"),
]
