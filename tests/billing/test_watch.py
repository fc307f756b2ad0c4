"""The watch finds what was forgotten, tells one clerk once, is silent when nothing is wrong; what stays missing past
the customer's cutoff becomes one incident (story 1)."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from billing.models import DeliveryLine, Invoice
from billing.selectors.watch import at_risk, gaps, missed_invoices
from billing.services import (
    Line,
    contract_create,
    draft_discard,
    draft_gather,
    drafts_sweep,
    invoice_received,
    invoice_sent,
    watch_sweep,
)
from customers.models import Activity
from incidents.models import Incident
from incidents.services import missed_invoices_sweep
from incidents.services.missed import summary
from office.clock import JST
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


def test_not_beside_an_incident_that_somebody_has_opened(cast: SimpleNamespace, at: datetime) -> None:
    delivered(cast)
    Job(cast, at, kind="missed_invoice")
    assert missed_invoices_sweep(at=datetime(2026, 12, 3, 10, tzinfo=JST)) == 0


def test_the_summary_of_many_is_short(cast: SimpleNamespace) -> None:
    for number in range(12):
        delivered(cast, f"D-{number}")
    text = summary(missed_invoices(datetime(2026, 12, 8, 10, tzinfo=JST)))
    assert "ほか2件" in text
    assert DeliveryLine.objects.count() == 12
