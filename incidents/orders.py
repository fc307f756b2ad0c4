"""The commands that come without a paper of a step: what each takes, and the facts it leaves in the entry."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Annotated, Any, Literal

from django.utils.translation import gettext_noop
from pydantic import AfterValidator, Field

from customers.selectors import promises_open
from customers.services import promises_move
from incidents import chases, naming, pausing, references, route, splitting, ways
from incidents.beside import visit_of
from incidents.engine import Rules, left_out, playbook_of, playbooks
from incidents.engine.codec import case_from_json
from incidents.engine.translation import _
from incidents.leaves import (
    abuse,
    accompaniment,
    alternatives,
    claims,
    counsel,
    handed,
    lesson,
    listening,
    losses,
    offers,
    opinion,
    photos,
    recovery,
    rehearsal,
    repair,
    residuals,
    risk,
)
from incidents.leaves import final_date as final
from incidents.leaves.base import known_of
from incidents.models import Note
from incidents.repeats import repeated
from incidents.selectors import siblings
from incidents.steps.base import Setting, StepPaper, aware
from office.clock import local_day
from office.errors import Refused
from office.selectors import business_calendar
from office.services import journal_write
from office.viewer import viewer_for


class Nothing(StepPaper):
    """A command that needs no more than itself."""


class Text(StepPaper):
    """A reason, a remark, a word by mouth: required, kept as a note."""

    text: str = Field(min_length=1, max_length=4000)


class Reopening(Text):
    """Why a step is opened again; of a remedy that was done, whether it did not hold (practice 2-41)."""

    failed: bool = False


class Said(StepPaper):
    """A further report, or what the customer said, in their words; heard_at: when, where it is noted afterwards."""

    text: str = Field(min_length=1, max_length=4000)
    said_by: str = Field("", max_length=80)
    heard_at: Annotated[datetime | None, AfterValidator(aware)] = None


class Into(StepPaper):
    """The incident it belongs to: of the same customer, still going on."""

    number: str = Field(min_length=1, max_length=20)


class Rest(StepPaper):
    """Until when nobody writes or calls, and why; what others can learn of it, without names (practice 2-34)."""

    until: date
    text: str = Field(min_length=1, max_length=4000)
    lesson: str = Field(min_length=1, max_length=1000)


class Answer(StepPaper):
    """The boss's one-tap answer."""

    answer: Literal["thanks", "call", "go_on"] = "thanks"


class Late(StepPaper):
    """By how many minutes we shall be late, as the customer has been told."""

    minutes: int = Field(15, ge=5, le=240)


class NewKind(StepPaper):
    """The kind it turned out to be."""

    kind: str


class NewSeverity(StepPaper):
    """A, B or C; to lower it, why."""

    severity: Literal["A", "B", "C"]
    text: str = Field("", max_length=4000)


class People(StepPaper):
    """Who is in charge from now on; user ids."""

    owner: int
    deputy: int | None = None
    liaison: int | None = None


ANSWERS = {
    "thanks": _("Thank you for the report. I have read it."),
    "call": _("I will call you right away."),
    "go_on": _("Please go on like this."),
}


def _plain(paper: StepPaper, setting: Setting) -> dict[str, Any]:
    return paper.model_dump(mode="json")


def _noted(kind: str) -> Callable[[Any, Setting], dict[str, Any]]:
    """Keep the text as a note; the entry names its id."""

    def read(paper: Any, setting: Setting) -> dict[str, Any]:
        heard_at = getattr(paper, "heard_at", None)
        if heard_at is not None and heard_at > setting.at:
            raise Refused("invalid", "This has not been said yet. Please look at the time.", field="heard_at")
        note = Note.objects.create(
            incident=setting.incident, kind=kind, text=paper.text, said_by=getattr(paper, "said_by", ""),
            by=setting.actor, at=setting.at, heard_at=heard_at,
        )  # fmt: skip
        return {"note": note.pk}

    return read


def _opened_again(paper: Reopening, setting: Setting) -> dict[str, Any]:
    """What is opened though a rule leaves it out, a letter where the fault is not ours, stands in the journal, too."""
    case = case_from_json(setting.incident.case)
    step = playbook_of(case.playbook, case.version).steps.get(setting.step)
    if step and left_out(step, case, Rules(setting.incident.pins, business_calendar())):
        about, verb = f"incident {setting.incident.number}", gettext_noop("opened a step that the rules leave out")
        detail = f"{step.label}\n{paper.text}"
        journal_write(actor=setting.actor, verb=verb, about=about, detail=detail, at=setting.at)
    return {**_noted(Note.Kind.REASON)(paper, setting), **({"failed": True} if paper.failed else {})}


def _further(paper: Said, setting: Setting) -> dict[str, Any]:
    return _noted(Note.Kind.CUSTOMER if paper.said_by else Note.Kind.FURTHER)(paper, setting)


def _chased(paper: Said, setting: Setting) -> dict[str, Any]:
    noted = _noted(Note.Kind.CHASED)(paper, setting)
    return {**noted, "known": chases.added(setting, noted["note"])}


def _answered(paper: Answer, setting: Setting) -> dict[str, Any]:
    return {"answer": paper.answer, **risk.seen(setting)}


def _kind(paper: NewKind, setting: Setting) -> dict[str, Any]:
    playbook = playbooks().get(paper.kind)
    if playbook is None:
        raise Refused("invalid", "There is no such kind of incident.", field="kind")
    found = {"playbook": playbook.key, "version": playbook.version}
    incident = setting.incident
    if playbook.key == incident.kind:
        return found  # refused, and nothing is asked for it
    severity = playbook.at_least(incident.severity)
    known = known_of(setting)
    bills = references.invoices_of(known, incident.invoice)
    return {**found, **repeated(incident.customer_id, playbook.key, severity, setting.at, known, bills)}


def _severity(paper: NewSeverity, setting: Setting) -> dict[str, Any]:
    """Nothing is lowered in silence: the reason is kept."""
    if paper.severity > setting.incident.severity and not paper.text:
        raise Refused("incomplete", "Please say why the severity is lowered.", field="text")
    note = _noted(Note.Kind.REASON)(paper, setting) if paper.text else {}
    return {"severity": paper.severity, **note}


def _into(paper: Into, setting: Setting) -> dict[str, Any]:
    """Promises go along: what we promised is owed, whichever number it stands under."""
    incident = setting.incident
    found = siblings(viewer_for(setting.actor, setting.at), incident).filter(number=paper.number)
    if not found.exists():
        raise Refused("invalid", "Name another incident of this customer that is still going on.", field="number")
    # Two that are merged into each other at once would both be gone: who finds the other locked tries again.
    other = found.select_for_update(of=("self",), no_key=True, skip_locked=True).first()
    if other is None:
        raise Refused("conflict", "Somebody is working on that incident this very moment. Please try again.")
    setting.activities.extend(promises_move(number=incident.number, to=other.number, at=setting.at))
    return {"known": {"merged_into": other.number}}


def _into_example(setting: Setting) -> dict[str, Any]:
    others = siblings(viewer_for(setting.actor, setting.at), setting.incident)
    return {"number": others.values_list("number", flat=True).first() or ""}


def _rests(paper: Rest, setting: Setting) -> dict[str, Any]:
    """Practice 2-34: drifting apart happens; a date to look again stands beside it, and the lesson is passed on."""
    if paper.until <= local_day(setting.at):
        raise Refused("invalid", "The date lies in the past. Please name a later one.", field="until")
    kept = lesson.note_lesson(paper.lesson, setting)
    return {**_noted(Note.Kind.REASON)(paper, setting), **kept, "known": {"rests_until": paper.until.isoformat()}}


def _rests_example(setting: Setting) -> dict[str, Any]:
    return {
        "until": setting.day(60).isoformat(), "text": "お客様のご意向で、しばらくご連絡を控える",
        "lesson": "使い方を伺う前に原因を決めつけず、まずお困りごとを最後まで伺う",
    }  # fmt: skip


def _people(paper: People, setting: Setting) -> dict[str, Any]:
    setting.check(people=[pk for pk in (paper.owner, paper.deputy, paper.liaison) if pk is not None], field="owner")
    moved = final.moved_with(setting.incident, paper.owner, paper.liaison)
    known = {
        **moved.get("known", {}), **alternatives.inherited(setting, paper.owner),
        **abuse.handed_over(setting, paper.owner),
    }  # fmt: skip
    return {**paper.model_dump(), **moved, **({"known": known} if known else {})}


def _result_read(paper: Nothing, setting: Setting) -> dict[str, Any]:
    round_ = str(visit_of(case_from_json(setting.incident.case)).submission)
    read = known_of(setting).get("result_read", {})
    return {"known": {"result_read": {**read, round_: sorted({*read.get(round_, ()), setting.actor.pk})}}}


def _promises(paper: Nothing, setting: Setting) -> dict[str, Any]:
    return {"open_promises": promises_open(setting.incident.number)}


def _met(paper: final.FinalDateEnd, setting: Setting) -> dict[str, Any]:
    return final.end_facts(paper, setting, "met")


def _lifted(paper: final.FinalDateEnd, setting: Setting) -> dict[str, Any]:
    return final.end_facts(paper, setting, "lifted")


def _absence_allowed(paper: Nothing, setting: Setting) -> dict[str, Any]:
    return final.absence_ends(setting, "allowed")


def _absence_refused(paper: Text, setting: Setting) -> dict[str, Any]:
    return {**final.absence_ends(setting, "refused"), **_noted(Note.Kind.REASON)(paper, setting)}


def _no_example(setting: Setting) -> dict[str, Any]:
    return {}


def _other_kind(setting: Setting) -> dict[str, Any]:
    now = setting.incident.kind
    return {"kind": next((key for key, kind in playbooks().items() if kind.triaged and key != now), now)}


def _text_example(setting: Setting) -> dict[str, Any]:
    return {"text": "お客様への影響を、数字で伺ってから出しましょう"}


@dataclass(frozen=True)
class OrderForm:
    """One command: the words on its button, what it takes, the facts it leaves, an example."""

    label: str
    paper: type[StepPaper] = Nothing
    facts: Callable[[Any, Setting], dict[str, Any]] = _plain
    example: Callable[[Setting], dict[str, Any]] = _no_example


ORDERS: Mapping[str, OrderForm] = {
    "start": OrderForm(_("Start")),
    "submit": OrderForm(_("Submit")),
    "approve": OrderForm(_("Approve")),
    "approve_with_remark": OrderForm(_("Approve with a remark"), Text, _noted(Note.Kind.REMARK), _text_example),
    "send_back": OrderForm(_("Send back"), Text, _noted(Note.Kind.REASON), _text_example),
    "take_back": OrderForm(_("Take back")),
    "agreed_by_mouth": OrderForm(_("Agreed by word of mouth"), Text, _noted(Note.Kind.REMARK), _text_example),
    "confirm": OrderForm(_("Confirm the word of mouth")),
    "skip": OrderForm(_("Skip"), Text, _noted(Note.Kind.REASON), _text_example),
    "reopen": OrderForm(_("Open again"), Reopening, _opened_again, _text_example),
    "close": OrderForm(_("Close the incident"), Nothing, _promises),
    "resume": OrderForm(_("Resume the incident"), Text, _noted(Note.Kind.REASON), _text_example),
    "change_kind": OrderForm(_("Change the kind"), NewKind, _kind, _other_kind),
    "set_severity": OrderForm(_("Change the severity"), NewSeverity, _severity, lambda setting: {"severity": "A"}),
    "assign": OrderForm(
        _("Change who is in charge"), People, _people, lambda setting: {"owner": setting.incident.owner_id}
    ),
    "withdraw": OrderForm(_("Withdrawn by the customer"), Text, _noted(Note.Kind.REASON), _text_example),
    "void": OrderForm(_("Void: logged by mistake"), Text, _noted(Note.Kind.REASON), _text_example),
    "merge": OrderForm(_("Merge into another incident"), Into, _into, _into_example),
    "split": OrderForm(_("Split off a second matter"), splitting.Split, splitting.split, splitting.split_example),
    "rest": OrderForm(_("Put at rest"), Rest, _rests, _rests_example),
    "pause": OrderForm(_("Stop the clock and wait"), pausing.Pause, pausing.begun, pausing.example),
    "end_pause": OrderForm(_("Let the clock go on"), Nothing, pausing.ended),
    "note": OrderForm(_("Send a further report"), Said, _further, _text_example),
    "chase": OrderForm(_("The customer asked again"), Said, _chased, _text_example),
    "take_back_chase": OrderForm(_("Take back: the customer had not asked again"), Nothing, chases.taken_back),
    "note_listening": OrderForm(
        _("Note how they want to be met"),
        listening.Listening,
        listening.note_listening,
        listening.listening_example,
    ),
    "acknowledge": OrderForm(_("Answer the report"), Answer, _answered, lambda setting: {"answer": "thanks"}),
    "prepare_alternatives": OrderForm(
        _("Prepare alternatives"), alternatives.Alternatives, alternatives.prepared, alternatives.prepared_example
    ),
    "agree_alternatives": OrderForm(
        _("Agree to the alternatives"), alternatives.Chosen, alternatives.agreed, alternatives.chosen_example
    ),
    "return_alternatives": OrderForm(
        _("Give the alternatives back"), alternatives.Back, alternatives.returned, alternatives.back_example
    ),
    "open_alternatives": OrderForm(
        _("Lay the alternatives open"), alternatives.Reason, alternatives.opened, alternatives.reason_example
    ),
    "offer_made": OrderForm(_("Note what was offered"), offers.Offer, offers.offered, offers.offer_example),
    "counter_offer": OrderForm(
        _("Note the customer's proposal"), offers.CounterOffer, offers.countered, offers.counter_example
    ),
    "agreement": OrderForm(_("Note what was agreed"), offers.Agreement, offers.agreed, offers.agreement_example),
    "loss_sheet": OrderForm(_("Note the losses"), losses.LossSheet, losses.sheet, losses.sheet_example),
    "note_claims": OrderForm(
        _("Note the claims and the real wish"), claims.Claims, claims.note_claims, claims.claims_example
    ),
    "note_photos": OrderForm(_("Add photos"), photos.Photos, photos.note_photos, photos.photos_example),
    "note_papers": OrderForm(
        _("Record papers handed over"), handed.HandedOver, handed.note_papers, handed.papers_example
    ),
    "set_repair_period": OrderForm(
        _("Record the repair period"), repair.RepairWindow, repair.set_window, repair.window_example
    ),
    "log_repair": OrderForm(_("Log the day's repair"), repair.RepairDay, repair.log_day, repair.day_example),
    "note_abuse": OrderForm(
        _("Note what one of us had to bear (two go from then on)"), abuse.Abuse, abuse.note_abuse, abuse.note_example
    ),
    "answer_abuse": OrderForm(_("Say how you help"), abuse.AbuseAnswer, abuse.answer_abuse, abuse.answer_example),
    "sign_off": OrderForm(
        _("Record the customer's sign-off"), residuals.SignOff, residuals.sign_off, residuals.sign_off_example
    ),
    "name_references": OrderForm(
        _("Name the papers it is about"), naming.Numbers, naming.numbers_named, naming.numbers_example
    ),
    "name_machine": OrderForm(
        _("Name the machine (serial number)"), naming.NewMachine, naming.machine_named, naming.machine_example
    ),
    "note_risk": OrderForm(_("Record a risk to our dealings"), risk.Risk, risk.note_risk, risk.risk_example),
    "lift_risk": OrderForm(_("Record that a risk is over"), risk.Lifted, risk.lift_risk, risk.lift_example),
    "note_recovery": OrderForm(
        _("Record how the relationship stands"), recovery.Recovery, recovery.note_recovery, recovery.recovery_example
    ),
    "note_referral": OrderForm(
        _("Record a referral"), recovery.Referral, recovery.note_referral, recovery.referral_example
    ),
    "choose_way": OrderForm(_("Choose how we go on"), ways.Way, ways.chosen, ways.example),
    "told_to_customer": OrderForm(_("Note that the decision was told"), losses.Told, losses.told, losses.told_example),
    "set_final_date": OrderForm(
        _("Record the final date set by the customer"), final.FinalDate, final.set_facts, final.example
    ),
    "confirm_final_date": OrderForm(
        _("Record what the customer expects on the final date"),
        final.Expectation,
        final.confirm_facts,
        final.expected_example,
    ),
    "move_final_date": OrderForm(
        _("Move the final date (agreed)"), final.FinalDateMove, final.move_facts, final.move_example
    ),
    "meet_final_date": OrderForm(_("The final date is met"), final.FinalDateEnd, _met, final.end_example),
    "lift_final_date": OrderForm(
        _("The customer took the final date back"), final.FinalDateEnd, _lifted, final.end_example
    ),
    "ask_absence": OrderForm(
        _("Ask for absence on the deadline day"), final.Absence, final.absence_facts, final.absence_example
    ),
    "allow_absence": OrderForm(_("Allow the absence"), Nothing, _absence_allowed),
    "refuse_absence": OrderForm(_("Do not allow the absence"), Text, _absence_refused, _text_example),
    "choose_boss": OrderForm(_("Ask another boss"), route.Route, route.chosen, route.example),
    "arrive_on_day": OrderForm(_("Arrived (deadline day)"), Nothing, final.arrived_facts),
    "read_brief": OrderForm(_("I have read the brief")),
    "on_the_way": OrderForm(_("On the way")),
    "told_late": OrderForm(_("Told them we are late"), Late, _plain, lambda setting: {"minutes": 15}),
    "arrived": OrderForm(_("Arrived")),
    "advise": OrderForm(_("Give advice"), counsel.Advice, counsel.advise, counsel.advise_example),
    "dissent": OrderForm(_("Put another view"), counsel.Dissent, counsel.dissent, counsel.dissent_example),
    "ask_opinion": OrderForm(_("Ask for an opinion (in private)"), opinion.Question, opinion.ask, opinion.ask_example),
    "ask_outside_view": OrderForm(
        _("Ask for an outside view (cause unknown)"),
        opinion.Question,
        opinion.ask_outside,
        opinion.ask_outside_example,
    ),
    "answer_opinion": OrderForm(_("Answer with an opinion"), opinion.Opinion, opinion.answer, opinion.answer_example),
    "share_opinion": OrderForm(_("Share the opinion"), opinion.Shared, opinion.share, opinion.share_example),
    "withdraw_opinion": OrderForm(
        _("Take the question back"), opinion.Withdrawn, opinion.withdraw, opinion.withdraw_example
    ),
    "bring_back_plan": OrderForm(_("Put the plan before the boss again")),
    "rehearse": OrderForm(_("Rehearse"), rehearsal.Rehearsal, rehearsal.rehearse, rehearsal.rehearse_example),
    "ask_accompaniment": OrderForm(
        _("Ask to come along"), accompaniment.Request, accompaniment.ask, accompaniment.ask_example
    ),
    "answer_accompaniment": OrderForm(
        _("Answer about coming along"), accompaniment.Reply, accompaniment.answer, accompaniment.answer_example
    ),
    "read_result": OrderForm(_("I have read the result"), Nothing, _result_read),
}
