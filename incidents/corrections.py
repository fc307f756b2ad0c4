"""訂正・再発行・お詫び: how the three things stand, the corrected invoice, the letter, and sending both together.

Read for the incident (from what its page has read anyway), for the invoice and for the page of the correction itself.
It says whose turn it is and nothing of the incident's words: a clerk who may not open the incident reads it, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Case, CharField, Exists, F, OuterRef, Q, QuerySet, TextField, Value, When
from django.db.models.functions import Cast, Concat
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from billing.models import Invoice, InvoiceLine, Sending, SendingHold
from billing.selectors import named
from incidents.actions import scene
from incidents.agenda import path
from incidents.engine.translation import _
from incidents.models import Correction, Incident, IssuedLetter
from incidents.selectors import is_visible
from incidents.steprail import Rung, rail
from office.models import User
from office.roles import Role
from office.viewer import Viewer

LETTER = "letter"
GONE, FRESH, DRAFT, CHECKED, HELD, READY, SENDING, SENT = (
    "gone",
    "fresh",
    "draft",
    "checked",
    "held",
    "ready",
    "sending",
    "sent",
)
INVOICE_WORDS = {
    GONE: ("", "trash-2", gettext_noop("The draft was thrown away")),
    FRESH: ("soon", "pencil", gettext_noop("To be put right")),
    DRAFT: ("soon", "check-check", gettext_noop("To be checked")),
    CHECKED: ("soon", "stamp", gettext_noop("To be issued")),
}
LETTER_WORDS = {
    "waiting": ("", "lock", gettext_noop("Waits")), "open": ("soon", "pencil", gettext_noop("To be written")),
    "started": ("soon", "pencil", gettext_noop("To be written")),
    "sent_back": ("soon", "corner-up-left", gettext_noop("Sent back")),
    "submitted": ("sent", "clock", gettext_noop("Waiting for approval")),
    "done": ("done", "check", gettext_noop("Approved")), "remark": ("done", "check", gettext_noop("Approved")),
    "skipped": ("", "minus", gettext_noop("No letter")),
}  # fmt: skip
SENDING_WORDS = {
    HELD: ("", "lock", gettext_noop("Waits for the letter")),
    READY: ("soon", "send", gettext_noop("To be sent")),
    SENDING: ("sent", "clock", gettext_noop("Being sent")),
    SENT: ("done", "check", gettext_noop("Sent out")),
}
TASKS = {  # what is asked of a clerk, by stage
    FRESH: _("Put the corrected invoice right"),
    DRAFT: _("Check the corrected invoice"),
    CHECKED: _("Issue the corrected invoice"),
    READY: _("Send the corrected invoice"),
}


@dataclass(frozen=True)
class Thing:
    """One of the three: its name, how it stands (as a tag), who acts next and where; done once nobody has to."""

    label: str
    level: str
    icon: str
    state: str
    done: bool
    who: str = ""
    note: str = ""
    number: str = ""
    link: str = ""


@dataclass(frozen=True)
class Flow:
    """A correction as one viewer finds it."""

    old: str
    new: str
    incident: str
    things: tuple[Thing, Thing, Thing]
    held: bool
    page: str  # where it stands by itself
    at: datetime
    opens: bool  # whether the viewer may open the incident
    over: bool  # the corrected invoice has gone out

    @property
    def next(self) -> Thing | None:
        """The first thing at which somebody has to act; None once all is done."""
        return next((thing for thing in self.things if not thing.done), None)

    @property
    def gone(self) -> bool:
        """Whether its draft was thrown away and is to be made again."""
        return not self.new


def staged(rows: QuerySet[Correction]) -> QuerySet[Correction, Any]:
    """Add `stage`: how far the corrected invoice has come."""
    sending = Sending.objects.filter(invoice=OuterRef("new"), state=Sending.State.WAITING)
    stage = Case(
        When(new=None, then=Value(GONE)),
        When(new__state=Invoice.State.DRAFT, new__version=1, then=Value(FRESH)),
        When(new__state=Invoice.State.DRAFT, then=Value(DRAFT)),
        When(new__state=Invoice.State.CHECKED, then=Value(CHECKED)),
        When(new__sent_at__isnull=False, then=Value(SENT)),
        When(Exists(SendingHold.objects.filter(invoice=OuterRef("new"))), then=Value(HELD)),
        When(Exists(sending), then=Value(SENDING)),
        default=Value(READY),
        output_field=CharField(),
    )
    return rows.annotate(stage=stage)


def jotted(incident: Incident) -> tuple[QuerySet[Any], dict[str, Any]]:
    """The corrections of an incident for the one statement that reads everything around it: rows and columns."""
    rows = staged(Correction.objects.filter(incident=incident))
    numbers = Concat(F("old__number"), Value("\n"), Cast(F("new__number"), TextField()), output_field=TextField())
    return rows, {"at": F("at"), "text": numbers, "state": F("stage"), "until": F("at")}


def correctable(incident: Incident) -> tuple[QuerySet[Any], dict[str, Any]]:
    """The invoice an incident is about, where it has gone out, has lines and nobody has begun to correct it; as
    `jotted`."""
    rows = Invoice.objects.filter(named(incident.invoice), customer=incident.customer_id, sent_at__isnull=False)
    rows = rows.filter(Exists(InvoiceLine.objects.filter(invoice=OuterRef("pk"))), corrections=None)
    return rows, {"at": F("created_at"), "text": F("number"), "until": F("created_at")}


def two_numbers(text: str) -> tuple[str, str]:
    """The numbers of the old and the new invoice, as `jotted` has put them into one text."""
    old, _newline, new = text.partition("\n")
    return old, new


def flow_of(viewer: Viewer, invoice: Invoice) -> Flow | None:
    """How the correction of this invoice, or by it, stands, the newest; None where none was begun. Four statements."""
    rows = Correction.objects.filter(Q(old=invoice) | Q(new=invoice))
    row = (
        staged(rows).select_related("old", "new", "incident__customer", "incident__owner__boss").order_by("-pk").first()
    )
    if row is None:
        return None
    letters = IssuedLetter.objects.filter(incident=row.incident, replaced_by=None)
    letter = letters.values_list("number", "file").first() or ("", None)
    return flow(
        row.incident, (row.old.number, row.new.number if row.new else ""), vars(row)["stage"], row.at,
        rail(scene(viewer, row.incident)), letter[0], printed=letter[1] is not None,
        opens=is_visible(viewer, row.incident),
    )  # fmt: skip


def flow(
    incident: Incident, numbers: tuple[str, str], stage: str, at: datetime, rungs: list[Rung], letter: str, *,
    printed: bool, opens: bool,
) -> Flow:  # fmt: skip
    """Put the three things together from what was read: numbers of the old and the new invoice, the stage of the new
    one, the steps of the incident, the number of its letter and whether that is in print; opens: whether the viewer may
    open the incident. No statement."""
    old, new = numbers
    rung = next((rung for rung in rungs if rung.name == LETTER), None)
    things = (
        _invoice(new, stage),
        _letter(incident, rung, letter, opens=opens, printed=printed, issued=stage not in INVOICE_WORDS),
        _sending(new, stage),
    )
    page = reverse("incidents:correction", args=[old])
    return Flow(old, new, incident.number, things, stage == HELD, page, at, opens, stage == SENT)


def _invoice(new: str, stage: str) -> Thing:
    link = reverse("billing:invoice", args=[new]) if new else ""
    label = gettext("The corrected invoice")
    if stage not in INVOICE_WORDS:
        return Thing(label, "done", "check", gettext("Issued"), True, number=new, link=link)
    level, icon, state = INVOICE_WORDS[stage]
    note = gettext("Another person than the one who put it right.") if stage == DRAFT else ""
    return Thing(label, level, icon, gettext(state), False, str(Role.BILLING.label), note, new, link)


def _letter(incident: Incident, rung: Rung | None, number: str, *, opens: bool, printed: bool, issued: bool) -> Thing:
    label = gettext("The letter of apology")
    ended = rung is not None and rung.state in ("done", "remark")
    if rung is None or not (incident.living or ended):  # this kind of incident has none, or it is over without one
        return Thing(label, "", "minus", gettext("No letter"), True)
    level, icon, state = LETTER_WORDS[rung.state]
    note = ""
    if rung.state in ("done", "remark"):
        note = "" if printed else gettext("Being printed")
    elif rung.after:
        note = gettext("After: %(steps)s") % {"steps": "・".join(gettext(step) for step in rung.after)}
    elif rung.state != "submitted" and not issued:
        note = gettext("It names the number of the corrected invoice: first that one is issued.")
    done = rung.state == "skipped" or (rung.state in ("done", "remark") and printed)
    who = "" if done else rung.who
    link = path(incident, LETTER) if opens else ""
    return Thing(label, level, icon, gettext(state), done, who, note, number, link)


def _sending(new: str, stage: str) -> Thing:
    label = gettext("Sending both together")
    if stage not in SENDING_WORDS:
        return Thing(label, "", "lock", gettext("Waits"), False)
    level, icon, state = SENDING_WORDS[stage]
    note = gettext("In one envelope, or in one mail with both as PDF.") if stage in (HELD, READY) else ""
    link = reverse("billing:invoice", args=[new]) if stage == READY else ""
    who = str(Role.BILLING.label) if stage == READY else ""
    return Thing(label, level, icon, gettext(state), stage == SENT, who, note, link=link)


def candidates(viewer: Viewer, customer_id: int, visible: QuerySet[Incident]) -> list[Incident]:
    """The living incidents about invoices of this customer that the viewer may see: one of them may be about it."""
    rows = visible.filter(customer=customer_id, kind="missed_invoice", state__in=("open", "aftercare"))
    return list(rows.order_by("-pk")[:20])


def clerk_of(customer_id: int, clerks: list[User]) -> User | None:
    """The clerk who is asked: as the watch has it, always the same one for a customer."""
    return clerks[customer_id % len(clerks)] if clerks else None
