from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cafe_site.shop.fields import make_token

register = template.Library()


@register.simple_tag
def form_key() -> SafeString:
    """Render the hidden key field, for a template that writes its form by hand."""
    return format_html('<input type="hidden" name="form_key" value="{}">', make_token())
