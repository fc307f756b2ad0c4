"""An invoice that is corrected more than once: what was paid or given back for any of them counts for the last."""

from __future__ import annotations

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db.models import Q

from billing.models import Invoice
from billing.selectors import invoices_of, to_settle, unpaid
from billing.selectors.overdue import overdue
from billing.selectors.receipts import claims_open
from billing.services import draft_gather, invoice_correct, payment_record, reduction_create, return_settle
from office.errors import Refused
from tests.billing.paperwork import issue
from tests.billing.test_records import CUTOFF, EVENING, delivered

pytestmark = [pytest.mark.django_db, pytest.mark.both]


def corrected(cast: SimpleNamespace, old: Invoice) -> Invoice:
    return issue(cast, invoice_correct(invoice_id=old.pk, reason="宛名", by=cast.billing, at=EVENING), EVENING)


@pytest.fixture
def billed(cast: SimpleNamespace) -> Invoice:
    delivered(cast)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    return issue(cast, draft, EVENING)


def test_what_was_paid_once_is_never_asked_again(cast: SimpleNamespace, billed: Invoice) -> None:
    payment_record(
        invoice_id=billed.pk, key="p", amount=billed.total, received_on=date(2026, 11, 30), by=cast.billing, at=EVENING
    )
    last = billed
    for _time in range(2):
        last = corrected(cast, last)
        assert list(unpaid(invoices_of(cast.towa.pk))) == []
        assert claims_open(Q(invoice__customer=cast.towa.pk))[0] == []
        assert overdue(Q(invoice__customer=cast.towa.pk), EVENING + timedelta(days=90)) == []
    with pytest.raises(Refused, match="at the end of 2 corrections"):
        corrected(cast, last)


def test_what_was_given_back_once_is_never_owed_again(cast: SimpleNamespace, billed: Invoice) -> None:
    back = reduction_create(invoice_id=billed.pk, amount=50_000, reason="x", by=cast.billing, at=EVENING)
    last = issue(cast, back, EVENING)
    return_settle(
        invoice_id=last.pk, key="s", how="refunded", amount=50_000, settled_on=date(2026, 11, 30), by=cast.billing,
        at=EVENING,
    )  # fmt: skip
    for _time in range(2):
        last = corrected(cast, last)
        assert list(to_settle(invoices_of(cast.towa.pk))) == []
        with pytest.raises(Refused, match="Nothing is owed"):
            return_settle(
                invoice_id=last.pk, key=f"s{last.pk}", how="refunded", amount=1, settled_on=date(2026, 11, 30),
                by=cast.billing, at=EVENING,
            )  # fmt: skip
