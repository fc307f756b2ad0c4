"""One incident: its page, its commands, the boss's answers, the printed account."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext
from django.views.decorators.http import require_GET, require_POST

from billing.selectors.sales import sales_of
from incidents.actions import Scene
from incidents.agenda import FAILED_AGAIN
from incidents.bargain import bargain
from incidents.costs import costs
from incidents.counsel import counsel
from incidents.engine.company import UNANSWERED
from incidents.forms.acts import ACTS, ASIDE
from incidents.forms.base import PaperForm
from incidents.forms.commands import KindForm, PeopleForm, SaidForm, SeverityForm, TextForm
from incidents.forms.plan import PlanForm
from incidents.forms.visit import REACTIONS
from incidents.manners import hints_in
from incidents.orders import ANSWERS, ORDERS
from incidents.pages import Whole, figures, whole
from incidents.reading import reading
from incidents.services import failure_read, opened
from incidents.steps import Setting
from incidents.store import execute
from incidents.timeline import SHOWN_AT_FIRST, by_day, calm, chosen
from incidents.turn import Order
from incidents.views.common import came_from, new_key, order_of
from incidents.ways import ways_on
from incidents.words import LIVES, done, kind_label, told
from office.errors import Refused
from office.http import somebody_looks, viewer_of

FORMS: dict[str, type[PaperForm]] = {
    "note": SaidForm, "chase": SaidForm, "resume": TextForm, "withdraw": TextForm, "void": TextForm,
    "change_kind": KindForm, "set_severity": SeverityForm, "assign": PeopleForm,
}  # fmt: skip
FOLDED = ("change_kind", "set_severity", "assign", "resume", "withdraw", "void")  # その他, in this order
CHASED = "お客様より再度のご連絡"  # the note of a bare tap: what is recorded may be read by the customer
REACTION = dict(REACTIONS)
UNPRINTED = (
    UNANSWERED,
    "take_back_chase",
    "chase_mistaken",
    "set_severity",
    "choose_way",
    "pause",
    "end_pause",
    "pause_over",
    "note_risk",
    "lift_risk",
    "note_abuse",
    "answer_abuse",
    "note_listening",
    "acknowledge",
    "prepare_alternatives",
    "agree_alternatives",
    "return_alternatives",
    "open_alternatives",
    "read_brief",
    "advise",
    "dissent",
    "ask_opinion",
    "ask_outside_view",
    "answer_opinion",
    "share_opinion",
    "withdraw_opinion",
    "bring_back_plan",
    "rehearse",
    "ask_accompaniment",
    "answer_accompaniment",
    "note_recovery",
    "note_referral",
)  # what stays in the house: gravity, our words to each other; alarms too
PLAN_ASIDE = ("cause", "remedy", "prevention", "prevention_from")


@require_GET
def detail(request: HttpRequest, number: str) -> HttpResponse:
    """The incident as one page; the boss who opens it is seen to have read it."""
    page = whole(viewer_of(request), number)
    looks = somebody_looks(request)
    if looks and page.incident.told_to_id == page.view.viewer.user.pk and not page.read_by_boss:
        opened(viewer=page.view.viewer, incident=page.incident)
    if looks and request.GET.get("told") == FAILED_AGAIN:  # from the row on Today
        failure_read(viewer=page.view.viewer, incident=page.incident)
    return _page(request, page)


@require_POST
def command(request: HttpRequest, number: str) -> HttpResponse:
    """Carry out a command about the incident as a whole; a refusal gives the text back."""
    name = request.POST.get("command", "")
    page = whole(viewer_of(request), number)
    if name not in ORDERS:
        raise Refused("invalid", "There is no command %(command)s.", command=name)
    form = _bound(request, page.view, name)
    if form is not None and not form.is_valid():
        return _page(request, page, {name: form}, status=422)
    try:
        data = form.as_paper() if form else {}
        outcome = execute(viewer=page.view.viewer, number=number, order=order_of(request, name, "", data))
    except Refused as refused:
        return _refused(request, page, name, form, refused)
    messages.success(request, done(name, "", outcome.incident))
    for hint in hints_in(data):
        messages.info(request, hint.message)
    return redirect("incidents:detail", number)


@require_POST
def read(request: HttpRequest, number: str) -> HttpResponse:
    """The boss's one-tap answer, from Today or from the incident; the same answer counts once a day."""
    viewer = viewer_of(request)
    answer = request.POST.get("answer", "")
    if answer not in ANSWERS:
        raise Refused("invalid", "There is no command %(command)s.", command=answer)
    key = f"read:{viewer.user.pk}:{answer}:{viewer.at:%Y%m%d}"
    outcome = execute(viewer=viewer, number=number, order=Order("acknowledge", key, data={"answer": answer}))
    messages.success(request, done("acknowledge", "", outcome.incident))
    return redirect(came_from(request, number))


@require_GET
def timeline(request: HttpRequest, number: str) -> HttpResponse:
    """経緯書: the account of what happened, oldest first, for paper; with `inside` also why, for us alone; with
    `photos` also the photos, which else stay in the house."""
    page = whole(viewer_of(request), number)
    told = [m for m in page.record.moments[::-1] if m.command not in UNPRINTED and m.icon != "bell"]
    has_photos, photos = any(m.photos for m in told), "photos" in request.GET
    if not photos:
        told = [replace(m, photos=()) for m in told]
    context = {
        "page": page, "incident": page.incident, "days": by_day(told), "at": page.now,
        "kind": kind_label(page.incident), "inside": "inside" in request.GET, "whys": page.whys,
        "has_photos": has_photos, "photos": photos,
    }  # fmt: skip
    return render(request, "incidents/timeline.html", context)


def _bound(request: HttpRequest, view: Scene, name: str) -> PaperForm | None:
    """The form of a command, with what was typed. A bare tap on "asked again" needs no words."""
    kind = FORMS.get(name)
    if kind is None:
        return None
    data = request.POST.copy()
    if name == "chase" and not data.get("text", "").strip():
        data["text"] = CHASED
    return kind(data, setting=_setting(view))


def _setting(view: Scene) -> Setting:
    return Setting(view.incident, view.viewer.user, view.viewer.at)


def _refused(request: HttpRequest, page: Whole, name: str, form: PaperForm | None, refused: Refused) -> HttpResponse:
    words = told(refused, page.incident, page.now)
    if form is not None and form.place_of(refused.field):
        form.refuse(refused, words)
        words = ""
    return _page(request, page, {name: form} if form else {}, refusal=words, status=refused.status)


def _page(
    request: HttpRequest, page: Whole, forms: dict[str, PaperForm] | None = None, refusal: str = "", status: int = 200
) -> HttpResponse:
    incident, chip = page.incident, request.GET.get("show", "")
    moments = calm(chosen(page.record.moments, chip))
    level, icon, state = LIVES[incident.state]
    found = bargain(page)
    context = {
        "page": page, "incident": incident, "at": page.now, "kind": kind_label(incident), "chip": chip,
        "life": (level, icon, gettext(state)), "figures": figures(page), "refusal": refusal, "key": new_key(),
        "may_dissent": page.may("dissent"), "ways_on": ways_on(page),
        "proposes_ban": page.proposes_ban, "raises": page.raises,
        "may_bring_back": page.view.has_news and page.may("bring_back_plan"),
        "result": REACTION.get(page.result.get("reaction", ""), "") if page.may("read_result") else "",
        "counsel": counsel(page.leaves, page.view.case, page.view.viewer.user.pk),
        "days": by_day(moments[:SHOWN_AT_FIRST]), "earlier": by_day(moments[SHOWN_AT_FIRST:]),
        "earlier_count": max(0, len(moments) - SHOWN_AT_FIRST), "plan": _plan(page),
        "said": _said(page, forms or {}), "mistaken": page.chase_to_take_back,
        "folded": _folded(page, forms or {}, request.GET.get("act", "")),
        "sales": sales_of(page.view.viewer, incident.customer_id, page.now) if page.suspends else None,
        "refused": next(iter(forms or {}), ""), "bargain": found, "costs": costs(page, found),
        "acts": [(name, ORDERS[name].label) for name in ACTS if name not in ASIDE and _offers(page, name)],
    }  # fmt: skip
    return render(request, "incidents/detail.html", context, status=status)


def _offers(page: Whole, name: str) -> bool:
    """Whether an act is on the list: also one whose page says what comes first."""
    return page.may(name) or (name == "prepare_alternatives" and page.lacks_wish)


def _plan(page: Whole) -> list[Any]:
    """The approved plan in four lines."""
    if not (paper := page.record.paper("plan")):
        return []
    kept = {name: value for name, value in paper.items() if name in PLAN_ASIDE}
    return reading(PlanForm, kept, _setting(page.view))


def _said(page: Whole, forms: dict[str, PaperForm]) -> PaperForm | None:
    """The form of a further report."""
    if not page.may("note"):
        return None
    return forms.get("note") or forms.get("chase") or SaidForm(setting=_setting(page.view), auto_id="note_%s")


def _folded(page: Whole, forms: dict[str, PaperForm], act: str) -> list[dict[str, Any]]:
    """The rarer acts this viewer may do; a form that must look people up is drawn when it is asked for."""
    return [
        {
            "name": name, "label": ORDERS[name].label, "open": name == act,
            "form": forms.get(name) or _blank(page, name, act),
        }
        for name in FOLDED if page.may(name)
    ]  # fmt: skip


def _blank(page: Whole, name: str, act: str) -> PaperForm | None:
    incident = page.incident
    initial: dict[str, dict[str, Any]] = {
        "set_severity": {"severity": incident.severity},
        "assign": {"owner": incident.owner_id, "deputy": incident.deputy_id, "liaison": incident.liaison_id},
    }
    if name == "assign" and act != name:
        return None
    return FORMS[name](setting=_setting(page.view), initial=initial.get(name), auto_id=f"{name}_%s")
