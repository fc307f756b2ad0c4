"""Who is asking, and how a refusal is answered."""

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware
from django.shortcuts import render
from django.utils import translation

from office import clock
from office.errors import Refused
from office.http import sentence
from office.models import User
from office.viewer import viewer_for

GetResponse = Callable[[HttpRequest], HttpResponse]


class JapaneseFirstMiddleware(LocaleMiddleware):
    """Speaks Japanese to a stranger, whatever the browser asks for; English only by the switch (its cookie)."""

    def process_request(self, request: HttpRequest) -> None:
        """Set the language of this request; a known person's own is set by ViewerMiddleware."""
        wished = request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = wished if wished in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language


class ViewerMiddleware:
    """Sets request.viewer, None for a stranger, and speaks the person's language. After AuthenticationMiddleware."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request as this person."""
        user = request.user
        known = isinstance(user, User) and user.is_authenticated
        request.viewer = viewer_for(user, clock.now()) if known else None  # type: ignore[attr-defined, arg-type]
        if known:
            translation.activate(user.language)  # type: ignore[union-attr]
            request.LANGUAGE_CODE = user.language  # type: ignore[union-attr]
        return self.get_response(request)


class RefusedMiddleware:
    """Answers a Refused with its sentence and status, on a page that leads back."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request; refusals come back through process_exception."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """The page of a refusal; anything else is left to Django."""
        if not isinstance(exception, Refused):
            return None
        context = {"refused": exception, "sentence": sentence(exception)}
        return render(request, "refused.html", context, status=exception.status)
