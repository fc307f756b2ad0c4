"""What the views of incidents share: the key and the submission a form carries, going back where one came from."""

from __future__ import annotations

from uuid import uuid4

from django.http import HttpRequest
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme

from incidents.turn import Order
from office.http import whole_number

LONGEST_KEY = 64


def new_key() -> str:
    """A key for one form shown: a double tap or a resend carries the same."""
    return uuid4().hex


def key_of(request: HttpRequest) -> str:
    """The key the form carried; empty when it carried none, which the services refuse."""
    return request.POST.get("idempotency", "").strip()[:LONGEST_KEY]


def order_of(request: HttpRequest, command: str, step: str = "", data: dict[str, object] | None = None) -> Order:
    """The command of a form, over the submission its page showed."""
    shown = request.POST.get("submission", "0")
    return Order(command, key_of(request), step, whole_number(shown, -1), data or {})


def came_from(request: HttpRequest, number: str) -> str:
    """Where to go after a small answer: the page it was given on, else the incident."""
    back = str(request.META.get("HTTP_REFERER", ""))
    if url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure()):
        return back
    return reverse("incidents:detail", args=[number])


def photos_of(request: HttpRequest) -> list[bytes]:
    """What was taken or chosen in the inputs `photos`, whole."""
    return [file.read() for file in request.FILES.getlist("photos")]
