"""Listening (practice 2-22): a calm page to note what is said at a meeting or from paper, and a sheet for the table."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET

from incidents.forms.listening import ListeningNoteForm
from incidents.manners import hints_in
from incidents.pages import Whole, whole
from incidents.phrasebank import HEAR, phrasebank
from incidents.selectors import done_before
from incidents.steps import Setting
from incidents.store import execute
from incidents.views.common import key_of, new_key, order_of
from incidents.words import NOT_NOW, done, state_words, told
from office.errors import Refused
from office.http import viewer_of

LINES = range(18)  # ruled by hand on one A4 sheet


def listening(request: HttpRequest, number: str) -> HttpResponse:
    """GET shows a large field and little else; POST keeps it as the customer's words.

    Refused: not_found for an incident that is not the viewer's, conflict where nothing may be noted.
    """
    viewer = viewer_of(request)
    if request.method == "POST" and done_before(viewer, number, key_of(request)):
        return redirect("incidents:detail", number)
    page = whole(viewer, number)
    if not page.may("note"):
        raise Refused("conflict", NOT_NOW, state=state_words(page.incident))
    setting = Setting(page.incident, viewer.user, page.now)
    if request.method != "POST":
        return _shown(request, page, ListeningNoteForm(setting=setting, initial={"heard_at": page.now}))
    form = ListeningNoteForm(request.POST, setting=setting)
    if not form.is_valid():
        return _shown(request, page, form, status=422)
    try:
        outcome = execute(viewer=viewer, number=number, order=order_of(request, "note", "", form.as_paper()))
    except Refused as refused:
        form.refuse(refused, told(refused, page.incident, page.now))
        return _shown(request, page, form, status=refused.status)
    messages.success(request, done("note", "", outcome.incident))
    for hint in hints_in(form.as_paper()):
        messages.info(request, hint.message)
    return redirect("incidents:detail", number)


@require_GET
def sheet(request: HttpRequest, number: str) -> HttpResponse:
    """One A4 page to write on by hand, which may lie open on the customer's table: it bears no word of ours but the
    number and whom it is about."""
    page = whole(viewer_of(request), number)
    context = {"page": page, "incident": page.incident, "at": page.now, "ruled": LINES}
    return render(request, "incidents/listening_sheet.html", context)


def _shown(request: HttpRequest, page: Whole, form: ListeningNoteForm, status: int = 200) -> HttpResponse:
    phrases = [group for group in phrasebank() if group.stage == HEAR]
    context = {
        "page": page, "incident": page.incident, "form": form, "key": new_key(), "at": page.now, "phrases": phrases,
    }  # fmt: skip
    return render(request, "incidents/listening.html", context, status=status)
