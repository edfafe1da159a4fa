"""What pure code worded, translated on pages: `{{ finding.words|translated }}`."""

from django import template

from generation.translation import translated

register = template.Library()
register.filter(translated)
