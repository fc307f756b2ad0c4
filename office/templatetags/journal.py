"""The journal's filters."""

from django import template

from office.journal_words import about_words, detail_words

register = template.Library()
register.filter("about_words", about_words)
register.filter("detail_words", detail_words)
