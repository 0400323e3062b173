from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString

from cafe_site.shop.fields import make_token

register = template.Library()


@register.simple_tag
def form_key() -> SafeString:
    """Write the hidden field of a OnceForm that a template spells out itself."""
    return format_html('<input type="hidden" name="form_key" value="{}">', make_token())
