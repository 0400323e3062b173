"""Template filter for the deliveries of reports."""

from django import template

from reports.delivery.problems import attempt_sentence

register = template.Library()
register.filter(attempt_sentence)
