"""Refusals as a person reads them, and what views share."""

from collections.abc import Callable

from django import forms
from django.http import HttpRequest
from django.utils.translation import gettext

from office.errors import Refused
from office.viewer import Viewer


def sentence(refused: Refused) -> str:
    """The refusal's sentence in the current language, its facts filled in."""
    return gettext(refused.message) % refused.facts if refused.facts else gettext(refused.message)


MOST_DIGITS = 18  # below 2**63


def viewer_of(request: HttpRequest) -> Viewer:
    """The person asking. The access table lets no stranger through to a page that calls this."""
    viewer: Viewer | None = getattr(request, "viewer", None)
    if viewer is None:
        raise Refused("forbidden", "Please log in first.")
    return viewer


def somebody_looks(request: HttpRequest) -> bool:
    """Whether somebody opens the page to read it: their device also fetches pages to have them at hand (worker.js)."""
    return request.headers.get("Makoto-Purpose") != "keep"


def whole_number(text: str, otherwise: int = 0) -> int:
    """The whole number a request has sent as text; `otherwise` for anything else, also for one longer than any key."""
    return int(text) if text.isdecimal() and len(text) <= MOST_DIGITS else otherwise


def accepted(form: forms.BaseForm, service: Callable[[], object]) -> bool:
    """Run the service if the form is valid; a refusal becomes an error beside its field. Whether it went through."""
    if not form.is_valid():
        return False
    try:
        service()
    except Refused as refused:
        form.add_error(refused.field if refused.field in form.fields else None, sentence(refused))
        return False
    return True
