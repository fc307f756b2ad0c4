"""The page of a step: written, submitted, read, decided."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from incidents.bargain import bargain
from incidents.counsel import counsel
from incidents.forms import PaperForm
from incidents.forms.commands import TextForm
from incidents.forms.lines import LinesForm
from incidents.letterpage import changed_lines
from incidents.nightly import watched_of
from incidents.orders import ORDERS
from incidents.pages import asked_for
from incidents.reading import differing
from incidents.services import paper_save
from incidents.steppage import DECISIONS, SPEAKING, UNDER_WAY, StepPage, step_page
from incidents.steps.opening import OPENING
from incidents.steps.together import two_go
from incidents.store import execute
from incidents.turn import Order
from incidents.views.common import key_of, new_key, order_of
from incidents.views.letters import editor
from incidents.ways import ways_on
from incidents.words import ARRANGED, done, kind_label, told
from office.errors import Refused
from office.http import viewer_of, whole_number

SEEKING = ("signs", "plan")  # kinds of step in which a cause is looked for
OPENS_ON = " ".join([*map("reaction={}".format, OPENING), "asks_proposal=on"])  # answers of the visit's form
BARGAINING = ("compensation", "visit")  # kinds of step in which what we could do is looked at
OPEN_ALL_THE_SAME = gettext_noop("Open it all the same")
LATE = (10, 15, 30, 60)  # minutes one can choose from


def step(request: HttpRequest, number: str, step: str) -> HttpResponse:
    """One step: GET shows what this viewer can do with it, POST does it."""
    page = step_page(viewer_of(request), number, step)
    if page.letter and (page.writes or request.POST.get("command") in ("save", "submit", "mend", "line")):
        return editor(request, page)
    if request.method == "POST":
        return _posted(request, page)
    return shown(request, page)


def _posted(request: HttpRequest, page: StepPage) -> HttpResponse:
    command = request.POST.get("command", "")
    if command in ("save", "line"):
        return _save(request, page, more_lines=command == "line")
    if command == "submit":
        return _hand_in(request, page, page.form(request.POST), "submit")
    if command == "start" and page.arranges:
        return _hand_in(request, page, page.arrangement(request.POST), "start")
    if command in ORDERS:
        return _decide(request, page, command)
    raise Refused("invalid", "There is no command %(command)s.", command=command)


def _hand_in(request: HttpRequest, page: StepPage, form: PaperForm, command: str) -> HttpResponse:
    """Submit a paper, or arrange; a refusal gives everything typed back, beside its field."""
    slot = "arrangement" if command == "start" else "form"
    if not form.is_valid():
        return shown(request, page, {slot: form}, status=422)
    try:
        outcome = execute(
            viewer=page.whole.view.viewer, number=page.incident.number,
            order=order_of(request, command, page.name, form.as_paper()),
        )  # fmt: skip
    except Refused as refused:
        return _refused(request, page, refused, {slot: form}, form)
    text = (
        _(ARRANGED) if command == "start" else done("record" if page.recorded else command, page.name, outcome.incident)
    )
    messages.success(request, text)
    return redirect("incidents:detail", page.incident.number)


def _decide(request: HttpRequest, page: StepPage, command: str) -> HttpResponse:
    """Approve, send back and the rest. A word beside a plain approval becomes a further report."""
    text = TextForm(request.POST, setting=page.setting)
    spoken = text.is_valid()
    if command in SPEAKING and not spoken:
        return shown(request, page, {"remark": text, "asked": command}, status=422)
    data = text.as_paper() if command in SPEAKING else {}
    if command == "told_late" and (minutes := whole_number(request.POST.get("minutes", ""))):
        data = {"minutes": minutes}
    if command == "reopen" and "failed" in request.POST:
        data = {**data, "failed": True}
    viewer, number = page.whole.view.viewer, page.incident.number
    try:
        outcome = execute(viewer=viewer, number=number, order=order_of(request, command, page.name, data))
        if spoken and command == "approve":
            execute(viewer=viewer, number=number, order=Order("note", f"{key_of(request)}:note", data=text.as_paper()))
    except Refused as refused:
        return _refused(request, page, refused, {"remark": text, "asked": command})
    messages.success(request, done(command, page.name, outcome.incident))
    stays = command in ("start", "take_back", "reopen", *UNDER_WAY)
    return redirect(_here(page)) if stays else redirect("incidents:detail", number)


def _save(request: HttpRequest, page: StepPage, *, more_lines: bool) -> HttpResponse:
    """Keep the working paper: by itself while one writes, or by the button without scripts."""
    form = page.form(request.POST)
    shown_version = request.POST.get("row_version", "0")
    try:
        if not page.writes:
            raise Refused("forbidden", "This is done by somebody else in this incident.")
        row = paper_save(
            viewer=page.whole.view.viewer, incident=page.incident, step=page.name, data=form.raw(),
            row_version=whole_number(shown_version),
        )  # fmt: skip
    except Refused as refused:
        return _not_saved(request, page, form, refused)
    if request.headers.get("HX-Request"):
        return render(request, "incidents/_saved.html", {"row_version": row.row_version, "at": row.at})
    messages.success(request, _("Saved."))
    more = f"?lines={len(form.lines) + 1}" if more_lines and isinstance(form, LinesForm) else ""
    return redirect(_here(page) + more)


def _not_saved(request: HttpRequest, page: StepPage, form: PaperForm, refused: Refused) -> HttpResponse:
    """Somebody saved in between: both texts are shown, none is lost; saving again keeps the writer's."""
    words = told(refused, page.incident, page.now)
    other = differing(page.form_class, page.paper.data, form.raw(), page.setting) if page.paper else []
    typed = page.drafted(form)  # a draft is not judged: it says no "please fill in"
    if request.headers.get("HX-Request"):
        context = {"refusal": words, "row_version": request.POST.get("row_version", "0")}
        return render(request, "incidents/_not_saved.html", context, status=refused.status)
    return shown(request, page, {"form": typed, "other": other}, refusal=words, status=refused.status)


def _refused(
    request: HttpRequest, page: StepPage, refused: Refused, parts: dict[str, Any], form: PaperForm | None = None
) -> HttpResponse:
    words = told(refused, page.incident, page.now)
    if form is not None and refused.code != "conflict" and form.place_of(refused.field):
        form.refuse(refused, words)
        words = ""
    return shown(request, page, parts, refusal=words, status=refused.status)


def shown(
    request: HttpRequest, page: StepPage, parts: dict[str, Any] | None = None, refusal: str = "", status: int = 200
) -> HttpResponse:
    """The page; `parts` are forms to give back as they were typed."""
    parts = parts or {}
    wants_arrangement = page.arranges and (not page.arranged or "arrange" in request.GET)
    lines = request.GET.get("lines", "")
    form, arrangement = parts.get("form"), parts.get("arrangement")
    if page.writes and not (form or arrangement):
        if wants_arrangement:
            arrangement = page.arrangement()
        elif not page.letter:
            form = page.form(lines=whole_number(lines))
    reads = page.progress.state in ("submitted", "done") or bool(refusal)
    read = (changed_lines(page) if page.letter else page.lines()) if reads else []
    kept = counsel(page.whole.leaves, page.whole.view.case, page.setting.actor.pk)
    context = {
        "page": page, "counsel": kept, "late": LATE, "may_dissent": page.whole.may("dissent"),
        "asks_outside": page.step.kind in SEEKING and page.whole.may("ask_outside_view"),
        "may_bring_back": page.whole.view.has_news and page.whole.may("bring_back_plan"),
        "rank_hint": arrangement is not None and page.rank_missing(arrangement),
        "incident": page.incident, "step": page.step, "progress": page.progress, "at": page.now,
        "form": form, "arrangement": arrangement, "other": parts.get("other"), "refusal": refusal, "key": new_key(),
        "remark": parts.get("remark") or TextForm(setting=page.setting), "asked": parts.get("asked", ""),
        "lines": read, "changed": sum(line.changed for line in read),
        "kind": kind_label(page.incident), "label": _(page.step.label),
        "decisions": DECISIONS, "aside": [(name, _label(page, name), name in SPEAKING) for name in page.aside],
        "brief": page.brief if page.arranged and not arrangement else None, "rung": _rung(page),
        "bargain": bargain(page.whole) if page.step.kind in BARGAINING else None,
        "ways_on": ways_on(page.whole) if page.step.kind in ("visit", "compensation") else [],
        "opens_on": OPENS_ON, "two_go": page.step.kind == "visit" and two_go(page.incident, page.now),
        "nightly": watched_of(page.incident) if page.checks_effect else [],
        "effects": page.setting.effects if page.checks_effect else [],
        "waits_for": asked_for(page.whole.view, page.name) if page.progress.state == "submitted" else [],
    }  # fmt: skip
    return render(request, "incidents/step.html", context, status=status)


def _label(page: StepPage, command: str) -> str:
    """What a rarer act is called; what a rule leaves out is opened for the first time."""
    return OPEN_ALL_THE_SAME if command == "reopen" and page.left_out else ORDERS[command].label


def _rung(page: StepPage) -> Any:
    """Its place on the rail."""
    places = (place for fork in page.whole.forks for place in fork.places)
    return next(place for place in places if place.rung.name == page.name)


def _here(page: StepPage) -> str:
    return reverse("incidents:step", args=[page.incident.number, page.name])
