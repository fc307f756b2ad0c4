"""よくあるご質問 and 伝え方の例: what comes again and again, and how it is said."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from customers.selectors import writes
from incidents.faq import SHOWN, faqs, often
from incidents.forms.faq import FaqForm, PhrasesForm
from incidents.manners import hints
from incidents.models import Incident
from incidents.phrasebank import SUB_CAUSES, phrasebank
from incidents.selectors import incident_get
from incidents.services import NewFaq, faq_end, faq_write, phrases_put
from incidents.services.faq import DECIDERS
from office.http import accepted, viewer_of, whole_number
from office.viewer import Viewer


def phrases(request: HttpRequest) -> HttpResponse:
    """The phrase bank, stage by stage; a manager changes a group at a time."""
    viewer = viewer_of(request)
    form = PhrasesForm(request.POST or None)
    if request.method == "POST" and accepted(
        form, lambda: phrases_put(by=viewer.user, at=viewer.at, **form.cleaned_data)
    ):
        messages.success(request, _("The phrases are changed."))
        for hint in hints(form.cleaned_data["text"]):
            messages.info(request, hint.message)
        return redirect("incidents:phrases")
    sent = (form.data.get("stage"), form.data.get("sub_cause")) if form.is_bound else None
    rows = [
        (group, form if sent == (group.stage, group.sub_cause) else _form_of(group, place))
        for place, group in enumerate(phrasebank())
    ]
    context = {"rows": rows, "refused": form if form.errors else None, "writes": bool(DECIDERS & viewer.roles)}
    return render(request, "incidents/phrases.html", context, status=422 if form.errors else 200)


def _form_of(group: Any, place: int) -> PhrasesForm:
    names = ("stage", "sub_cause", "version", "text")
    return PhrasesForm(initial={name: getattr(group, name) for name in names}, auto_id=f"p{place}_%s")


def faq(request: HttpRequest) -> HttpResponse:
    """What comes most often, the questions written from it, and the form for one more (?number= of an incident)."""
    viewer = viewer_of(request)
    if request.method == "POST" and request.POST.get("command") == "end":
        faq_end(viewer=viewer, pk=whole_number(request.POST.get("faq", "")))
        messages.success(request, _("The question is taken off the list."))
        return redirect("incidents:faq")
    form = FaqForm(request.POST or None, initial=_begun(request))
    if request.method == "POST" and accepted(form, lambda: _write(viewer, form)):
        messages.success(request, _("The question stands on the list."))
        return redirect("incidents:faq")
    query, sub_cause = request.GET.get("q", "").replace("\0", "")[:80], request.GET.get("sub_cause", "")
    context = {
        "often": often(viewer), "faqs": faqs(query, sub_cause)[:SHOWN], "form": form, "query": query,
        "sub_cause": sub_cause if sub_cause in SUB_CAUSES else "", "writes": writes(viewer),
        "causes": [(key, _(label)) for key, label in SUB_CAUSES.items() if key != "open"],
        "ends": bool(DECIDERS & viewer.roles), "open": form.is_bound or bool(form.initial.get("subject")),
    }  # fmt: skip
    return render(request, "incidents/faq.html", context, status=422 if form.errors else 200)


def _begun(request: HttpRequest) -> dict[str, Any]:
    """What a row of the count, or the incident one comes from, knows already."""
    names = ("subject", "sub_cause", "number")
    return {name: request.GET.get(name, "").replace("\0", "")[:60] for name in names}


def _write(viewer: Viewer, form: FaqForm) -> None:
    data = dict(form.cleaned_data)
    number, key = data.pop("number"), f"hand:{data.pop('idempotency')}"
    incident: Incident | None = incident_get(viewer, number) if number else None
    faq_write(new=NewFaq(incident=incident, **data), key=key, by=viewer.user, at=viewer.at)
