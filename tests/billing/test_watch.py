"""The watch finds what was forgotten, tells one clerk once, is silent when nothing is wrong; what stays missing past
the customer's cutoff becomes one incident (story 1)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from billing.models import DeliveryLine, Instalment, Invoice, Sending
from billing.selectors.checking import drafts_to_check
from billing.selectors.watch import at_risk, gaps, missed_invoices
from billing.services import (
    Line,
    contract_create,
    draft_discard,
    draft_gather,
    drafts_sweep,
    invoice_correct,
    invoice_create,
    invoice_received,
    invoice_sent,
    reduction_create,
    watch_sweep,
)
from customers.models import Activity
from incidents.models import Incident
from incidents.references import references_of
from incidents.services import missed_invoices_sweep
from incidents.services.missed import summary
from incidents.steps.letter import invoice_about
from office.clock import JST, local_day
from office.selectors import business_calendar
from office.viewer import viewer_for
from tests.billing.paperwork import issue
from tests.billing.test_records import CUTOFF, EVENING, SCREW, WATER, back, delivered
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]
TUESDAY = datetime(2026, 12, 1, 10, tzinfo=JST)


def kinds(at: datetime = TUESDAY) -> list[str]:
    return [gap.kind for gap in gaps(at)]


def test_what_is_recorded_after_the_drafts_were_made_is_found(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1")
    drafts_sweep(at=EVENING)
    issue(cast, Invoice.objects.get(), TUESDAY)
    assert gaps(TUESDAY) == []
    delivered(cast, "D-2", WATER)
    (gap,) = gaps(TUESDAY)
    assert (gap.kind, gap.number, gap.what, gap.yen, gap.closing) == ("unbilled", "D-2", "飲料水 48本", 4_656, CUTOFF)


def test_no_alarm_on_returns_part_billing_free_goods_and_what_is_not_due(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", SCREW, Line(description="見本", quantity=Decimal(1), unit_price=Decimal(0)))
    back(cast, 12)
    delivered(cast, "D-2", day=date(2026, 12, 1))
    assert gaps(TUESDAY) == []
    delivered(cast, "D-3")
    draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    assert gaps(TUESDAY) == []


def test_a_month_of_a_contract_that_was_taken_out_of_the_drafts_is_found(cast: SimpleNamespace) -> None:
    line = Line(description="保守契約", quantity=Decimal(1), unit="月", unit_price=Decimal(50_000))
    contract_create(
        number="K-1", customer_id=cast.towa.pk, line=line, first_on=date(2026, 11, 1), by=cast.billing, at=EVENING
    )
    drafts_sweep(at=EVENING)
    assert kinds() == []
    draft_discard(invoice_id=Invoice.objects.get().pk, by=cast.billing, at=EVENING)
    assert kinds() == ["period"]


def test_a_draft_that_stays_where_it_is_and_an_invoice_nobody_sends_are_found(cast: SimpleNamespace) -> None:
    delivered(cast)
    drafts_sweep(at=EVENING - timedelta(minutes=30))
    assert kinds(TUESDAY) == []
    assert kinds(TUESDAY + timedelta(days=1)) == ["unissued"]
    invoice = issue(cast, Invoice.objects.get(), TUESDAY)
    assert kinds(TUESDAY) == []
    Invoice.objects.filter(pk=invoice.pk).update(sent_at=TUESDAY, sent_how="mail")
    assert kinds(TUESDAY + timedelta(days=3)) == []
    assert kinds(TUESDAY + timedelta(days=9)) == ["unopened"]
    invoice_received(invoice_id=invoice.pk, by=cast.billing, at=TUESDAY)
    assert kinds(TUESDAY + timedelta(days=9)) == []


def test_what_goes_by_post_is_not_waited_for(cast: SimpleNamespace) -> None:
    delivered(cast)
    drafts_sweep(at=EVENING)
    invoice = issue(cast, Invoice.objects.get(), TUESDAY)
    for _twice in range(2):
        invoice_sent(invoice_id=invoice.pk, how="post", by=cast.billing, at=TUESDAY)
    assert kinds(TUESDAY + timedelta(days=30)) == []


def test_what_is_near_its_cutoff_is_listed_before(cast: SimpleNamespace) -> None:
    delivered(cast)
    assert at_risk(datetime(2026, 11, 24, 10, tzinfo=JST)) == []
    assert [gap.number for gap in at_risk(datetime(2026, 11, 25, 10, tzinfo=JST))] == ["D-1"]


def test_a_clerk_is_told_once_and_the_row_goes_with_the_gap(cast: SimpleNamespace) -> None:
    delivered(cast)
    assert watch_sweep(at=TUESDAY) == 1
    assert watch_sweep(at=TUESDAY + timedelta(hours=1)) == 0
    row = Activity.objects.get(source__startswith="watch:")
    assert row.who in (cast.billing, cast.billing2)
    assert "ボールねじ" in row.detail
    draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=TUESDAY)
    assert watch_sweep(at=TUESDAY + timedelta(hours=2)) == 1
    assert Activity.objects.get(pk=row.pk).state == "done"
    draft_discard(invoice_id=Invoice.objects.get().pk, by=cast.billing, at=TUESDAY)
    watch_sweep(at=TUESDAY + timedelta(hours=3))
    assert Activity.objects.get(pk=row.pk).state == "open"


def test_past_the_cutoff_it_becomes_one_incident_however_often_it_is_looked_for(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", SCREW, WATER)
    late = datetime(2026, 12, 3, 10, tzinfo=JST)
    watch_sweep(at=TUESDAY)
    assert missed_invoices_sweep(at=TUESDAY) == 0  # billing first
    assert missed_invoices_sweep(at=late.replace(hour=3)) == 0  # its clocks run from the next opening
    assert missed_invoices_sweep(at=late) == 1
    assert missed_invoices_sweep(at=late + timedelta(hours=1)) == 0
    incident = Incident.objects.get()
    assert (incident.kind, incident.owner, incident.told_to) == ("missed_invoice", cast.rep, cast.manager)
    assert "11月30日締め" in incident.summary
    assert "計1,036,656円" in incident.summary
    assert incident.created_by in (cast.billing, cast.billing2)


def test_two_cutoffs_of_one_customer_do_not_become_two_incidents_at_once(cast: SimpleNamespace) -> None:
    delivered(cast, "D-1", day=date(2026, 10, 10))
    delivered(cast, "D-2")
    late = datetime(2026, 12, 8, 10, tzinfo=JST)
    assert missed_invoices_sweep(at=late) == 1
    assert missed_invoices_sweep(at=late + timedelta(hours=1)) == 0


def test_not_beside_an_incident_that_somebody_has_opened(cast: SimpleNamespace) -> None:
    delivered(cast)
    Job(cast, TUESDAY, kind="missed_invoice")
    assert missed_invoices_sweep(at=datetime(2026, 12, 3, 10, tzinfo=JST)) == 0


def test_the_summary_of_many_is_short(cast: SimpleNamespace) -> None:
    for number in range(12):
        delivered(cast, f"D-{number}")
    text = summary(missed_invoices(datetime(2026, 12, 8, 10, tzinfo=JST)))
    assert "ほか2件" in text
    assert DeliveryLine.objects.count() == 12


def test_wrong_sums_are_found_in_drafts_and_in_what_was_brought_in(cast: SimpleNamespace) -> None:
    delivered(cast)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=TUESDAY)
    assert kinds() == []
    for wrong in (
        {"tax": draft.tax + 1_000, "total": draft.total + 1_000},
        {"net": draft.net - 1, "total": draft.total - 1},
    ):
        Invoice.objects.filter(pk=draft.pk).update(**wrong)
        assert kinds() == ["sums"]
        (seen,) = drafts_to_check(viewer_for(cast.billing2, TUESDAY))
        assert "sums" in {one.kind for one in seen.findings if one.grave}
        Invoice.objects.filter(pk=draft.pk).update(net=draft.net, tax=draft.tax, total=draft.total)
    Instalment.objects.filter(invoice=draft).update(amount=draft.total - 1)
    assert kinds() == ["sums"]
    draft.delete()
    Invoice.objects.create(
        number="X-1", customer=cast.towa, subject="保守", net=1_000, tax=900, total=1_900, state="issued",
        issued_on=date(2026, 11, 30), created_at=TUESDAY,
    )  # fmt: skip
    assert "sums" in kinds()


def test_before_a_cutoff_a_clerk_is_told_what_is_not_billed_yet(cast: SimpleNamespace) -> None:
    """Five days before, in one row for all customers; it goes with the cutoff, when the draft is made."""
    delivered(cast)
    near = datetime(2026, 11, 25, 10, tzinfo=JST)
    assert watch_sweep(at=near - timedelta(days=1)) == 0
    assert watch_sweep(at=near) == 1
    assert watch_sweep(at=near + timedelta(hours=1)) == 0
    row = Activity.objects.get(source__startswith="watch:near:")
    assert "11/30締め" in row.detail
    assert "東和" in row.detail
    delivered(cast, "D-2", WATER)
    assert watch_sweep(at=near + timedelta(hours=2)) == 1  # its words, in the same row
    assert Activity.objects.get(source__startswith="watch:near:").detail != row.detail
    drafts_sweep(at=EVENING)
    watch_sweep(at=TUESDAY)
    row.refresh_from_db()
    assert row.state == "done"


def test_a_draft_typed_by_hand_is_waited_for_by_its_day_or_the_customer_s_cutoff(cast: SimpleNamespace) -> None:
    made = datetime(2026, 11, 10, 10, tzinfo=JST)
    typed = {"customer_id": cast.towa.pk, "subject": "保守", "net": 1_000, "tax": 100, "by": cast.billing, "at": made}
    invoice_create(**typed, planned_on=date(2026, 11, 20))
    invoice_create(**typed)
    assert kinds(datetime(2026, 11, 20, 10, tzinfo=JST)) == []
    assert kinds(datetime(2026, 11, 25, 10, tzinfo=JST)) == ["unissued"]
    assert kinds(TUESDAY + timedelta(days=1)) == ["unissued"] * 2


def test_an_invoice_typed_here_is_sent_too(cast: SimpleNamespace) -> None:
    typed = invoice_create(
        customer_id=cast.towa.pk, subject="保守", net=1_000, tax=100, by=cast.billing, at=EVENING - timedelta(days=1)
    )
    issued = issue(cast, typed, EVENING)
    later = TUESDAY + timedelta(days=7)
    assert kinds(later) == ["unsent"]
    assert [gap.number for gap in missed_invoices(later)] == [issued.number]


def test_the_incident_names_the_draft_that_puts_it_right_and_so_does_its_letter(cast: SimpleNamespace) -> None:
    delivered(cast)
    late = datetime(2026, 12, 3, 10, tzinfo=JST)
    assert missed_invoices_sweep(at=late) == 1
    draft, incident = Invoice.objects.get(), Incident.objects.get()
    assert (incident.invoice, draft.closing_on, draft.created_by) == (draft.number, CUTOFF, None)
    assert kinds(late) == []  # it is drafted; checking it is on the clerks' list
    assert [(one.sort, one.number) for one in references_of(incident.case["known"])] == [
        ("invoice", draft.number), ("delivery", "D-1"),
    ]  # fmt: skip
    issued = issue(cast, draft, late)
    told = invoice_about(incident, {})
    assert told is not None
    assert (told.number, told.delivery_number) == (issued.number, "D-1")


@pytest.mark.parametrize("kind", ["unsent", "bounced"])
def test_what_was_issued_and_did_not_reach_the_customer_becomes_an_incident(cast: SimpleNamespace, kind: str) -> None:
    delivered(cast)
    invoice = issue(cast, draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING), EVENING)
    if kind == "bounced":
        sending = {"how": "mail", "place": 1, "at": TUESDAY, "by": cast.billing, "key": "k", "state": "bounced"}
        Sending.objects.create(invoice=invoice, **sending)
    late = datetime(2026, 12, 8, 10, tzinfo=JST)
    assert [gap.kind for gap in missed_invoices(late)] == [kind]
    assert missed_invoices_sweep(at=late) == 1
    incident = Incident.objects.get()
    assert incident.invoice == invoice.number
    assert {"unsent": "未送付", "bounced": "不達"}[kind] in incident.summary


def test_an_older_incident_about_something_else_hides_no_later_cutoff(cast: SimpleNamespace, at: datetime) -> None:
    Job(cast, at, kind="missed_invoice")  # of another month, and it still lives
    late = at + timedelta(days=100)
    hours = business_calendar()
    day = local_day(late - timedelta(days=40))
    delivered(cast, "D-9", day=day)
    while not hours.is_open(late):
        late += timedelta(hours=1)
    assert missed_invoices_sweep(at=late) == 1


@pytest.mark.parametrize("what", ["reduction draft", "reduction issued", "correction draft", "correction issued"])
def test_what_goes_back_or_replaces_an_invoice_is_no_missed_one(cast: SimpleNamespace, what: str) -> None:
    """The customer has its invoice; the watch speaks of the other paper, and no incident says that nothing came."""
    delivered(cast)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    invoice = issue(cast, draft, EVENING)
    invoice_sent(invoice_id=invoice.pk, how="post", by=cast.billing, at=EVENING)
    then = {"invoice_id": invoice.pk, "reason": "お詫びとして", "by": cast.billing, "at": EVENING}
    paper = reduction_create(amount=100, **then) if "reduction" in what else invoice_correct(wished=True, **then)
    if "issued" in what:
        issue(cast, paper, EVENING)
    late = TUESDAY + timedelta(days=30)
    assert kinds(late)[:1] == ["unsent" if "issued" in what else "unissued"]
    assert missed_invoices(late) == []
    assert missed_invoices_sweep(at=late) == 0
