"""What was delivered, or is owed by contract, and stands on no invoice yet (practices 0-16, 3-03)."""

from collections.abc import Iterable
from datetime import date
from typing import NamedTuple

from django.db.models import Q, QuerySet

from billing.models import Contract, Delivery, DeliveryLine, InvoiceLine
from billing.periods import periods
from billing.selectors.invoices import REPLACED_INVOICE


class Owed(NamedTuple):
    """One period of a contract that is to be billed."""

    contract: Contract
    first_on: date
    last_on: date


def lines_unbilled(until: date) -> QuerySet[DeliveryLine]:
    """Return the lines of deliveries and returns up to a day that are not billed in full, the oldest first."""
    rows = DeliveryLine.objects.filter(left__gt=0, delivery__delivered_on__lte=until)
    return rows.select_related("delivery__customer", "order_line", "of").order_by(
        "delivery__delivered_on", "delivery_id", "place"
    )


def periods_unbilled(until: date, since: date | None = None, customer_id: int | None = None) -> list[Owed]:
    """Return the periods of contracts that are due with a closing up to a day and stand on no invoice.

    since: periods that ended before this day are not asked about, so that an old contract costs no more than a new one.
    """
    wanted = Q(first_on__lte=until) & (Q(last_on=None) | Q(last_on__gte=since or date.min))
    if customer_id is not None:
        wanted &= Q(customer=customer_id)
    contracts = list(Contract.objects.filter(wanted, unit_price__gt=0).select_related("customer"))
    billed = _billed(contracts, since)
    return [
        Owed(contract, first, last)
        for contract in contracts
        for first, last in periods(contract, until)
        if (since is None or last >= since) and (contract.pk, first) not in billed
    ]


def _billed(contracts: Iterable[Contract], since: date | None) -> set[tuple[int | None, date | None]]:
    """What stands on an invoice that counts; what a correction has left out is to be billed again."""
    rows = InvoiceLine.objects.filter(contract__in=[contract.pk for contract in contracts], quantity__gt=0)
    rows = rows.exclude(REPLACED_INVOICE)
    if since is not None:
        rows = rows.filter(period_on__gte=since.replace(year=since.year - 1, day=1))
    return set(rows.values_list("contract_id", "period_on"))


def is_return(line: DeliveryLine) -> bool:
    """Whether it came back."""
    return line.delivery.kind == Delivery.Kind.RETURN
