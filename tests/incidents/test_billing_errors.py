"""Practice 3-04: an invoice of ours that was wrong counts towards the second error, also without an incident."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from billing.models import Invoice
from billing.selectors.errors import errors_of
from billing.services import draft_gather, invoice_correct
from incidents import verify
from incidents.models import Incident
from incidents.services import FirstReport, correction_begin, incident_open
from office.clock import local_day
from office.models import User
from office.services import token_create
from office.viewer import viewer_for
from tests.billing.paperwork import issue
from tests.billing.test_records import delivered
from tests.incidents.test_api import Program
from tests.job import REPORT

pytestmark = pytest.mark.django_db
ClientFor = Callable[[User], Client]
DAY = timedelta(days=1)


def billed(cast: SimpleNamespace, at: datetime, number: str) -> Invoice:
    """An invoice that has gone out."""
    delivered(cast, number, day=local_day(at))
    return issue(cast, draft_gather(customer_id=cast.towa.pk, until=local_day(at), by=cast.billing, at=at), at)


def corrected(cast: SimpleNamespace, at: datetime, number: str = "D-1", *, wished: bool = False) -> Invoice:
    """A wrong invoice that a clerk has corrected without a letter; the wrong one."""
    old = billed(cast, at, number)
    new = invoice_correct(invoice_id=old.pk, reason="数量の変更", wished=wished, by=cast.billing, at=at)
    assert ("お客様のご依頼による変更: " in issue(cast, new, at).paper) == wished
    return old


def opened(cast: SimpleNamespace, at: datetime, kind: str = "missed_invoice", invoice: str = "") -> Incident:
    report = FirstReport(customer_id=cast.towa.pk, data=REPORT, kind=kind, key=f"{at}{kind}", invoice=invoice)
    return incident_open(viewer=viewer_for(cast.rep, at), report=report)[0]


def test_a_correction_of_ours_makes_the_next_incident_the_second(cast: SimpleNamespace, at: datetime) -> None:
    old = corrected(cast, at - 40 * DAY)
    incident = opened(cast, at)
    assert incident.severity == "A"
    assert incident.case["known"]["repeats"]["missed_invoice"] == {
        "from": "B", "to": "A", "days": 365, "count": 1, "earlier": [], "corrected": [old.number],
    }  # fmt: skip
    assert list(verify.problems()) == []


@pytest.mark.parametrize("how", ["long ago", "wished", "a draft", "another customer", "another kind"])
def test_what_is_no_error_of_ours_in_a_year_counts_for_nothing(cast: SimpleNamespace, at: datetime, how: str) -> None:
    if how == "a draft":
        invoice_correct(invoice_id=billed(cast, at - DAY, "D-1").pk, reason="x", by=cast.billing, at=at - DAY)
    else:
        corrected(cast, at - (370 if how == "long ago" else 40) * DAY, wished=how == "wished")
    if how == "another customer":
        cast.towa = cast.hokuriku
    assert opened(cast, at, "defect" if how == "another kind" else "missed_invoice").severity == "B"


def test_an_error_that_an_incident_is_about_counts_once(cast: SimpleNamespace, at: datetime) -> None:
    old = corrected(cast, at - 40 * DAY)
    assert opened(cast, at - 30 * DAY, invoice=old.number).severity == "B", "its own error is no earlier one"
    found = opened(cast, at)
    assert found.case["known"]["repeats"]["missed_invoice"]["count"] == 1
    assert "corrected" not in found.case["known"]["repeats"]["missed_invoice"]


def test_a_correction_with_its_letter_is_counted_by_its_incident(cast: SimpleNamespace, at: datetime) -> None:
    old = billed(cast, at - 40 * DAY, "D-1")
    made = correction_begin(viewer=viewer_for(cast.billing, at - 40 * DAY), number=old.number, reason="数量の誤り")
    assert made.new is not None
    issue(cast, made.new, at - 40 * DAY)
    Incident.objects.update(invoice="")  # only the flow knows that both are one
    assert opened(cast, at).case["known"]["repeats"]["missed_invoice"]["count"] == 1


def test_what_turns_out_to_be_one_counts_it_too(cast: SimpleNamespace, at: datetime) -> None:
    old = corrected(cast, at - 40 * DAY)
    incident = opened(cast, at, "untriaged")
    status, _whole = Program(cast.rep).post(
        f"incidents/{incident.number}/commands", command="change_kind", data={"kind": "missed_invoice"}
    )
    assert status == 200
    incident.refresh_from_db()
    assert (incident.severity, incident.case["known"]["repeats"]["missed_invoice"]["corrected"]) == ("A", [old.number])


def test_the_incident_names_it_to_those_who_read_invoices(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor
) -> None:
    old = corrected(cast, at - 40 * DAY)
    incident = opened(cast, at)
    page = client_for(cast.rep).get(f"/incidents/{incident.number}/").content.decode()
    assert "うち、事案にせず訂正した請求書" in page
    assert f'href="/billing/invoices/{old.number}/"' in page
    told = Program(cast.rep).get(f"incidents/{incident.number}")[1]["repeat"]
    assert (told["count"], told["seen"], told["corrected"]) == (1, [], [old.number])


def test_the_clerk_says_whose_matter_a_correction_is(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor, client: Client
) -> None:
    first, second, third = (billed(cast, at, f"D-{n}") for n in range(3))
    clerk = client_for(cast.billing)
    assert 'value="wish"' in clerk.get(f"/billing/invoices/{first.number}/").content.decode()
    for invoice, whose in ((first, "ours"), (second, "wish")):
        path = f"/billing/invoices/{invoice.number}/correct/"
        assert clerk.post(path, {"reason": "宛名の変更", "whose": whose}).status_code == 302
    refused = clerk.post(f"/billing/invoices/{third.number}/correct/", {"reason": "x", "whose": "nobody"})
    assert (refused.status_code, third.corrections.count()) == (400, 0)
    answer = client.post(
        f"/api/v1/invoices/{third.number}/correct", {"reason": "宛名の変更", "wished": True},
        content_type="application/json", headers={"authorization": f"Bearer {token_create(user=cast.billing, at=at)}"},
    )  # fmt: skip
    assert answer.status_code == 201
    for draft in Invoice.objects.filter(state="draft"):
        issue(cast, draft, at)
    found = errors_of(cast.towa.pk, local_day(at), local_day(at)).values_list("corrects__number", flat=True)
    assert list(found) == [first.number]
    assert (second.corrections.get().reason, second.corrections.get().wished) == ("宛名の変更", True)
