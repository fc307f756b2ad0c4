"""訂正・再発行・お詫び in one flow (feature 86): begun once for a wrong invoice, let go when its letter is in print."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from billing.models import Inquiry, Invoice
from billing.selectors import invoice_get, two_names
from billing.selectors.left import ELSEWHERE
from billing.services import hold_drop, hold_put, invoice_correct
from billing.services.changes import IS_CORRECTED, NOT_ISSUED
from customers.models import Activity
from customers.services import ActivityRow, activities_put
from customers.text import required
from incidents import store
from incidents.births import FirstReport, first_turn
from incidents.corrections import CHECKED, DRAFT, FRESH, GONE, LETTER, SENT, TASKS, clerk_of, staged
from incidents.engine.codec import case_from_json
from incidents.models import LIVING, Correction, Incident, IssuedLetter
from incidents.selectors import incident_get
from office.errors import Refused
from office.models import User
from office.roles import Role
from office.selectors import business_calendar, people
from office.services import journal_write
from office.viewer import Viewer

KIND = "missed_invoice"
NOT_ABOUT = gettext_noop("Please choose an incident about an invoice of this customer that still goes on.")
BEGUN = gettext_noop("Correction with a letter of apology begun")


def correction_begin(*, viewer: Viewer, number: str, reason: str, incident: str = "") -> Correction:
    """Begin to put a wrong issued invoice right: its corrected draft, the incident with the letter, and the hold that
    keeps the new invoice until the letter is in print. All of it or nothing, in one transaction.

    reason: what was wrong, in words that may stand on the corrected invoice; incident: the number of one that is about
    it, else a living one about this invoice, else a new one with the facts filled in. A draft of its correction that is
    there already goes along. However often it is begun, one correction is made: it is returned. Refused: not_found for
    an invoice or incident that is not the viewer's, conflict for one that is not issued, has no lines, or whose
    correction has gone out, incomplete without the reason. Practice 0-13.
    """
    found = invoice_get(viewer, number)
    with transaction.atomic(durable=True):
        old = Invoice.objects.select_for_update().select_related("customer").get(pk=found.pk)
        known = Correction.objects.select_related("incident").filter(old=old).first()
        if known is not None and known.new_id is not None:
            return known
        why = required(reason, field="reason", limit=200)
        _refuse(old)
        gone_on = known is not None and known.incident.living
        matter = known.incident if known and gone_on else _incident(viewer, old, why, incident)
        draft = old.corrections.first()
        draft = draft or invoice_correct(invoice_id=old.pk, reason=why, by=viewer.user, at=viewer.at)
        made = known or Correction(old=old, incident=matter, by=viewer.user, at=viewer.at)
        made.new, made.incident, made.ended_at = draft, matter, None
        made.save()
        hold_put(invoice_id=draft.pk, source=made.source, at=viewer.at)
        for about in (f"invoice {old.number}", f"incident {matter.number}"):
            journal_write(actor=viewer.user, verb=BEGUN, about=about, detail=why, at=viewer.at)
        _go_on(made.pk, viewer.at)
    return made


def _refuse(old: Invoice) -> None:
    """What is not issued is changed instead, sums alone have no lines to put right, and what is sent waits no more."""
    if old.state != Invoice.State.ISSUED:
        raise Refused("conflict", NOT_ISSUED, number=old.number)
    if not old.lines.exists():
        raise Refused("conflict", ELSEWHERE, number=old.number)
    newer = old.corrections.first()
    if newer is not None and newer.sent_at is not None:
        raise Refused("conflict", IS_CORRECTED, number=old.number, by=newer.number)


def _incident(viewer: Viewer, old: Invoice, why: str, number: str) -> Incident:
    """The incident it belongs to, opened where there is none."""
    if number:
        chosen = incident_get(viewer, number)
        if chosen.customer_id != old.customer_id or chosen.kind != KIND or chosen.state not in LIVING:
            raise Refused("invalid", NOT_ABOUT, field="incident")
        return chosen
    living = Incident.objects.filter(customer=old.customer_id, kind=KIND, state__in=LIVING)
    if about := living.filter(invoice__in=two_names(old)).order_by("pk").first():
        return about
    asked = Inquiry.objects.filter(invoice=old).order_by("-pk").first()
    data = {
        "summary": summary(old, why), "next_contact": "none", "told_by_customer": asked is not None,
        "customer_words": asked.asked if asked else "",
    }  # fmt: skip
    key = f"correction:{old.pk}:{viewer.at:%Y%m%d%H%M%S}"  # the row of the old invoice is locked: nobody else is here
    report = FirstReport(customer_id=old.customer_id, kind=KIND, data=data, invoice=old.number, key=key)
    turn = first_turn(viewer, report)
    store.turn_over(turn)
    return turn.incident


def summary(old: Invoice, why: str) -> str:
    """The facts in Japanese, as a first report says them: which invoice, what was wrong, for how much, when sent."""
    day = f"{old.issued_on:%Y/%m/%d}発行" if old.issued_on else ""
    sent = f"、{old.sent_at:%Y/%m/%d}送付" if old.sent_at else "、送付の記録なし"
    return "\n".join([
        f"請求書{old.number}に誤りがありました。", f"・誤りの内容: {why}",
        f"・{old.subject}　税込{old.total:,}円({day}{sent})", "訂正請求書をお詫び状とあわせてお送りします。",
    ])  # fmt: skip


def corrections_sweep(*, at: datetime) -> int:
    """Bring every correction up to date: the invoice goes out once the letter is in print or none will come, the next
    clerk has it on Today. Return how many have changed; run again it finds nothing to do."""
    rows = Correction.objects.filter(ended_at=None).order_by("pk").values_list("pk", flat=True)
    return sum(_go_on(pk, at) for pk in list(rows))


@transaction.atomic
def _go_on(pk: int, at: datetime) -> bool:
    """Let go what waits no more, end what is done, ask the next; whether anything changed."""
    row = (
        staged(Correction.objects.select_for_update(of=("self",)).filter(pk=pk)).select_related("new", "incident").get()
    )
    changed = _follow_merger(row) | _let_go(row, at)
    stage = vars(staged(Correction.objects.filter(pk=pk)).get())["stage"]
    if stage in (SENT, GONE) and row.ended_at is None:
        row.ended_at, changed = at, True
        row.save(update_fields=["ended_at"])
    return _ask(row, stage, at) or changed


def _follow_merger(row: Correction) -> bool:
    """The incident was merged into another one, whose letter it is from now on."""
    into = case_from_json(row.incident.case).known.get("merged_into") if row.incident.state == "merged" else None
    other = Incident.objects.filter(number=into).first() if into else None
    if other is None:
        return False
    row.incident = other
    row.save(update_fields=["incident"])
    return True


def _let_go(row: Correction, at: datetime) -> bool:
    """Once the letter is in print it goes along; when none will come, the invoice goes alone."""
    if row.new is None or row.new.sent_at is not None or not row.new.holds.filter(source=row.source).exists():
        return False
    letter = IssuedLetter.objects.filter(incident=row.incident, replaced_by=None).select_related("file").first()
    case = case_from_json(row.incident.case)
    step = case.steps.get(LETTER)
    if letter is not None and letter.file_id is not None and step is not None and step.state == "done":
        along = None if letter.handed_over_at else letter.file_id  # handed over already: nothing to enclose
        return hold_drop(invoice_id=row.new.pk, source=row.source, file_id=along, number=letter.number)
    if step is None or step.state == "skipped" or case.over:
        return hold_drop(invoice_id=row.new.pk, source=row.source)
    return False


def _ask(row: Correction, stage: str, at: datetime) -> bool:
    """Put the next act before a clerk and end the one before."""
    wanted = _task(row, stage, at)
    open_ = list(Activity.objects.open().filter(source__startswith=f"{row.source}:"))
    rows = [] if wanted is None or any(one.source == wanted.source for one in open_) else [wanted]
    ended = [one for one in open_ if wanted is None or one.source != wanted.source]
    if ended:
        state = Activity.State.DROPPED if stage == GONE else Activity.State.DONE
        Activity.objects.filter(pk__in=[one.pk for one in ended]).update(state=state, done_at=at)
    activities_put(rows, at=at)
    return bool(rows or ended)


def _task(row: Correction, stage: str, at: datetime) -> ActivityRow | None:
    clerk = _clerk(row, stage)
    if stage not in TASKS or clerk is None or row.new is None:
        return None
    return ActivityRow(
        source=f"{row.source}:{stage}:{row.new.pk}", kind=Activity.Kind.STEP, label=TASKS[stage],
        detail=row.new.number, customer_id=row.incident.customer_id, number=row.incident.number, who_id=clerk.pk,
        due=business_calendar().add_days(at, 1), link=f"/corrections/{row.old.number}/",
    )  # fmt: skip


def _clerk(row: Correction, stage: str) -> User | None:
    """Whoever began it puts it right, when a clerk; another one checks it, and goes on to the issue and the sending."""
    clerks, new, customer = people().with_role(Role.BILLING), row.new, row.incident.customer_id
    if new is None:
        return None
    if stage == DRAFT:
        others = [user for user in clerks if user.pk != new.created_by_id]
        return clerk_of(customer, others or clerks)
    known = {FRESH: row.by_id, CHECKED: new.checked_by_id}.get(stage, new.issued_by_id)
    return next((user for user in clerks if user.pk == known), None) or clerk_of(customer, clerks)
