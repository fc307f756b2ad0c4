"""The first and last to see a request: gives it a number, refuses what is too large and the NUL character."""

import secrets
from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseServerError, JsonResponse
from django.shortcuts import render
from django.template import loader
from django.utils.translation import gettext as _
from django.views.defaults import page_not_found

API = "/api/"
GetResponse = Callable[[HttpRequest], HttpResponse]


NUL_MARKS = {
    "application/json": (b"\\u0000", b"\0"),
    "application/x-www-form-urlencoded": (b"%00", b"\0"),
}


class DoorMiddleware:
    """Numbers each request: short enough for the telephone, the same in the logs and on the page of an error.

    Answers 413 to a body above settings.LARGEST_REQUEST and 400 to NUL, which PostgreSQL cannot store.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Let the request in, or say why not."""
        request.id = request.META["HTTP_X_REQUEST_ID"] = secrets.token_hex(4)  # type: ignore[attr-defined]
        length = request.headers.get("Content-Length") or "0"
        if not length.isdigit() or int(length) > settings.LARGEST_REQUEST:
            return _answer(request, 413, _("The file is too large. Please send it in parts, or smaller."))
        if "\0" in request.path or "%00" in request.META.get("QUERY_STRING", ""):
            return _answer(request, 400, _("The address contains a character that we cannot store."))
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: object) -> HttpResponse | None:
        """Look into the text of the body only here, when the address is known; files stay unread."""
        marks = NUL_MARKS.get(request.content_type or "")
        if marks:
            found = any(mark in request.body for mark in marks)
        else:
            found = any("\0" in value for _name, values in request.POST.lists() for value in values)
        return _answer(request, 400, _("The text contains a character that we cannot store.")) if found else None


def missing(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The page of an address that is none of ours; programs get the form of every refusal."""
    if request.path.startswith(API):
        return JsonResponse({"code": "not_found", "message": _("Not found.")}, status=404)
    return page_not_found(request, exception)


def broken(request: HttpRequest) -> HttpResponse:
    """The page of a mistake of ours, with the request's number; made without asking anything else of the request."""
    if request.path.startswith(API):
        sentence = _("Something went wrong on our side (number %(number)s).") % {"number": getattr(request, "id", "")}
        return JsonResponse({"code": "broken", "message": sentence}, status=500)
    return HttpResponseServerError(loader.get_template("500.html").render({"number": getattr(request, "id", "")}))


def _answer(request: HttpRequest, status: int, sentence: str) -> HttpResponse:
    if request.path.startswith(API):
        return JsonResponse({"code": "invalid", "message": sentence}, status=status)
    return render(request, f"{status}.html", {"sentence": sentence}, status=status)
