"""Questions about payments whose day has passed."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import Max, Q

from billing.matching import Claim
from billing.models import BankReceipt, Inquiry, Instalment, Invoice, Payment
from billing.policy import REMIND_AFTER, REMIND_LOOK_BACK
from billing.reminders import IN_CARE, OLD, OWED, QUESTION, TRANSFER, UNKNOWN, WRONG, Overdue, source_of, stage
from billing.selectors.invoices import to_settle, with_figures
from billing.selectors.receipts import claims_open, proposed_of
from customers.models import Activity, CareHold, Promise
from customers.selectors import NOT_FOUND, theirs
from office.clock import local_day
from office.errors import Refused
from office.selectors import business_calendar, policy
from office.viewer import Viewer


def overdue(where: Q, at: datetime) -> list[Overdue]:
    """Return the instalments that meet `where`, are past their day and not paid, the oldest first.

    Some statements, however many there are; one when nothing is overdue.
    """
    today = local_day(at)
    late = Q(invoice__in=Instalment.objects.filter(due_on__lt=today).values("invoice"))
    claims, customers = claims_open(where & late)
    claims = sorted((row for row in claims if row.due_on < today), key=lambda row: (row.due_on, row.instalment))
    if not claims:
        return []
    after = _rule(at)
    asked, pauses = _asked(claims, len(after)), _Pauses(claims, at)
    days = business_calendar().business_days_between
    found = []
    for claim in claims:
        times = asked.get(claim.instalment, [])
        now = stage(days(claim.due_on, today), [days(day, today) for day in times], after)
        pause = pauses.of(claim)
        found.append(Overdue(claim, customers[claim.customer], days(claim.due_on, today), len(times), now, pause))
    return found


def overdue_seen(viewer: Viewer) -> list[Overdue]:
    """Return what is overdue of the viewer's customers."""
    return overdue(theirs(viewer, "invoice__customer__"), viewer.at)


def overdue_get(viewer: Viewer, instalment_id: int) -> tuple[Instalment, Overdue | None]:
    """Return an instalment of a visible customer, and how it stands when it is overdue; else Refused not_found."""
    own = theirs(viewer, "invoice__customer__")
    found = Instalment.objects.select_related("invoice__customer").filter(own, pk=instalment_id).first()
    if found is None:
        raise Refused("not_found", NOT_FOUND)
    rows = overdue(Q(invoice=found.invoice_id), viewer.at)
    return found, next((row for row in rows if row.claim.instalment == instalment_id), None)


def _rule(at: datetime) -> Sequence[int]:
    after = policy(REMIND_AFTER, at)
    return after if isinstance(after, tuple) else (after,)


def _asked(claims: Sequence[Claim], times: int) -> dict[int, list[date]]:
    """Return the days on which each instalment was asked about, in order."""
    sources = {source_of(row.instalment, time): row.instalment for row in claims for time in range(1, times + 1)}
    done = Activity.objects.filter(source__in=sources, state=Activity.State.DONE, done_at__isnull=False)
    found: dict[int, list[date]] = {}
    for source, moment in done.order_by("done_at").values_list("source", "done_at"):
        if moment:
            found.setdefault(sources[source], []).append(local_day(moment))
    return found


class _Pauses:
    """Why a payment is not asked about."""

    def __init__(self, claims: Sequence[Claim], at: datetime) -> None:
        customers = {row.customer for row in claims}
        questions = Promise.objects.filter(state=Promise.State.OPEN, kind=Promise.Kind.REQUEST)
        holds = CareHold.objects.filter(customer__in=customers)
        self.in_care = set(holds.values_list("customer_id", flat=True))
        self.asking = set(questions.filter(customer__in=customers).values_list("customer_id", flat=True))
        self.wrong = _to_be_corrected(customers)
        owing = to_settle(with_figures(Invoice.objects.filter(customer__in=customers)))
        self.owed = set(owing.values_list("customer_id", flat=True))
        self.sent = {
            share.claim.instalment for row in proposed_of(Q(), at) for found in row.proposals for share in found.shares
        }
        self.known_until = _known_until()
        self.oldest = local_day(at) - timedelta(days=int(policy(REMIND_LOOK_BACK, at)))

    def of(self, claim: Claim) -> str:
        """Return the reason, "" for none."""
        if claim.customer in self.in_care:
            return IN_CARE
        if claim.customer in self.asking:
            return QUESTION
        if claim.invoice in self.wrong:
            return WRONG
        if claim.customer in self.owed:
            return OWED
        if claim.instalment in self.sent:
            return TRANSFER
        if self.known_until is None or self.known_until <= claim.due_on:
            return UNKNOWN
        return OLD if claim.due_on < self.oldest else ""


def _to_be_corrected(customers: set[int]) -> set[str]:
    """The numbers of invoices known to be wrong: a corrected one is being made, or the last answer to the customer was
    that it will be."""
    answers = Inquiry.objects.filter(customer__in=customers, answered_at__isnull=False, invoice__isnull=False)
    said = dict(answers.order_by("answered_at", "pk").values_list("invoice__number", "outcome"))
    begun = Invoice.objects.filter(customer__in=customers, corrections__isnull=False).values_list("number", flat=True)
    return {number for number, outcome in said.items() if outcome == Inquiry.Outcome.CORRECT} | set(begun)


def _known_until() -> date | None:
    """Return the latest day on which money of anybody came in: what came later may not be in the books yet."""
    days = (
        BankReceipt.objects.aggregate(day=Max("day"))["day"],
        Payment.objects.aggregate(day=Max("received_on"))["day"],
    )
    return max(filter(None, days), default=None)
