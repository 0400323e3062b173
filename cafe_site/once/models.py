"""Keys of sent forms, so that each form does its work once."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from cafe_site.identity.fields import ExactTextField
from cafe_site.shop.fields import TokenField


class SentForm(models.Model):
    """The key of a form whose work is done, and a hash of what it asked for."""

    key = TokenField(primary_key=True)
    content_hash = ExactTextField(max_length=64)
    sent_at = models.DateTimeField(auto_now_add=True, db_index=True)

    class Meta:
        verbose_name = _("sent form")
        verbose_name_plural = _("sent forms")

    def __str__(self) -> str:
        return self.key
