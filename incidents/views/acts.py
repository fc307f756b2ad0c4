"""An act about the incident that takes more than a line has a page of its own, so that the incident stays calm."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext

from incidents.bargain import bargain
from incidents.counsel import counsel
from incidents.engine.life import NO_WISH_YET
from incidents.forms.acts import ACTS
from incidents.forms.base import PaperForm
from incidents.forms.lines import MORE, LinesForm
from incidents.manners import hints_in
from incidents.orders import ORDERS
from incidents.pages import Whole, whole
from incidents.selectors import done_before, incidents_visible
from incidents.steps import Setting
from incidents.store import execute
from incidents.views.common import key_of, new_key, order_of
from incidents.words import NOT_NOW, done, state_words, told
from office.errors import Refused
from office.http import viewer_of
from office.viewer import Viewer


def act(request: HttpRequest, number: str, command: str) -> HttpResponse:
    """One act: GET shows its form, filled from the address where it names what it is about; POST does it."""
    viewer = viewer_of(request)
    if request.method == "POST" and done_before(viewer, number, key_of(request)):
        return _back(viewer, number)
    page = whole(viewer, number)
    kind = ACTS.get(command)
    if kind is None:
        raise Refused("not_found", "Nothing was found here. Please check the number.")
    if request.method != "POST":
        if command == "prepare_alternatives" and page.lacks_wish:
            return _shown(request, page, command, kind(setting=_setting(page)), gettext(NO_WISH_YET), status=409)
        if not page.may(command):
            raise Refused("conflict", NOT_NOW, state=state_words(page.incident))
        named = {name: value for name, value in request.GET.items() if name in kind.base_fields}
        return _shown(request, page, command, kind(setting=_setting(page), initial=kind.begun(page) | named))
    form = kind(request.POST, setting=_setting(page))
    if request.POST.get("command") == MORE and isinstance(form, LinesForm):
        return _shown(request, page, command, form.with_another())
    if not form.is_valid():
        return _shown(request, page, command, form, status=422)
    try:
        outcome = execute(
            viewer=page.view.viewer, number=number, order=order_of(request, command, "", form.as_paper())
        )  # fmt: skip
    except Refused as refused:
        words = told(refused, page.incident, page.now)
        if form.place_of(refused.field):
            form.refuse(refused, words)
            words = ""
        return _shown(request, page, command, form, refusal=words, status=refused.status)
    messages.success(request, done(form.told_as or command, "", outcome.incident))
    for hint in hints_in(form.as_paper()):
        messages.info(request, hint.message)
    return _back(viewer, number)


def _back(viewer: Viewer, number: str) -> HttpResponse:
    """To the incident, or to Today for whoever was only asked and has answered."""
    if incidents_visible(viewer).filter(number=number).exists():
        return redirect("incidents:detail", number)
    return redirect("desk:today")


def _setting(page: Whole) -> Setting:
    return Setting(page.incident, page.view.viewer.user, page.now)


def _shown(
    request: HttpRequest, page: Whole, command: str, form: PaperForm, refusal: str = "", status: int = 200
) -> HttpResponse:
    context = {
        "page": page, "incident": page.incident, "command": command, "form": form, "key": new_key(),
        "label": gettext(ORDERS[command].label), "refusal": refusal, "at": page.now,
        "bargain": bargain(page),
        "counsel": counsel(page.leaves, page.view.case, page.view.viewer.user.pk),
    }  # fmt: skip
    return render(request, [f"incidents/acts/{command}.html", "incidents/act.html"], context, status=status)
