"""写真: taken with a phone or chosen, put into the file of an incident, shown to whoever may see it."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from incidents.forms.photos import PhotosForm
from incidents.manners import hints
from incidents.pages import whole
from incidents.selectors import photo_get
from incidents.services import photos_add
from incidents.views.common import key_of, new_key, photos_of
from incidents.words import NOT_NOW, done, state_words, told
from office.errors import Refused
from office.http import viewer_of


def photos(request: HttpRequest, number: str) -> HttpResponse:
    """GET shows the form, POST keeps what was taken or chosen. Refused as `photos_add` refuses, beside the field."""
    viewer = viewer_of(request)
    if request.method != "POST":
        page = whole(viewer, number)
        if not page.may("note_photos"):
            raise Refused("conflict", NOT_NOW, state=state_words(page.incident))
        return _shown(request, number, PhotosForm())
    form = PhotosForm(request.POST)
    sent = photos_of(request)
    if not form.is_valid():
        return _shown(request, number, form, 422)
    note = form.cleaned_data["note"]
    try:
        incident = photos_add(viewer=viewer, number=number, pictures=sent, note=note, key=key_of(request))
    except Refused as refused:
        if refused.code != "invalid":
            raise
        form.add_error(None, told(refused, whole(viewer, number).incident, viewer.at))
        return _shown(request, number, form, 422)
    messages.success(request, done("note_photos", "", incident))
    for hint in hints(note):
        messages.info(request, hint.message)
    return redirect("incidents:detail", number)


@require_GET
def photo(request: HttpRequest, number: str, pk: int) -> HttpResponse:
    """One photo as it is kept; ?small=1 the small picture. Refused not_found for one that is not the viewer's."""
    found = photo_get(viewer_of(request), number, pk)
    file = found.small if request.GET.get("small") else found.file
    answer = HttpResponse(bytes(file.data), content_type=file.content_type)
    answer["Content-Disposition"] = content_disposition_header(False, file.name) or "inline"
    answer["Cache-Control"] = "private, no-store"
    return answer


def _shown(request: HttpRequest, number: str, form: forms.Form, status: int = 200) -> HttpResponse:
    page = whole(viewer_of(request), number)
    context = {"page": page, "incident": page.incident, "form": form, "key": new_key(), "label": _("Add photos")}
    return render(request, "incidents/photos.html", context, status=status)
