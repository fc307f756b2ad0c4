"""Refusals as a person reads them."""

from django.utils.translation import gettext

from office.errors import Refused


def sentence(refused: Refused) -> str:
    """The refusal's sentence in the current language, its facts filled in."""
    return gettext(refused.message) % refused.facts if refused.facts else gettext(refused.message)
