"""Questions about orders, deliveries and contracts. Each is seen by whoever sees its customer."""

from collections.abc import Sequence
from decimal import Decimal
from typing import TypeVar

from django.db.models import QuerySet, Sum

from billing.models import Contract, Delivery, DeliveryLine, Order
from customers.selectors import NOT_FOUND, theirs
from office.errors import Refused
from office.viewer import Viewer

R = TypeVar("R", Order, Delivery, Contract)


def orders_visible(viewer: Viewer) -> QuerySet[Order]:
    """Return the orders of the viewer's customers, the newest first."""
    return Order.objects.filter(theirs(viewer, "customer__")).select_related("customer")


def deliveries_visible(viewer: Viewer) -> QuerySet[Delivery]:
    """Return the deliveries and returns of the viewer's customers, the newest first."""
    return Delivery.objects.filter(theirs(viewer, "customer__")).select_related("customer", "order")


def contracts_visible(viewer: Viewer) -> QuerySet[Contract]:
    """Return the contracts of the viewer's customers, by number."""
    return Contract.objects.filter(theirs(viewer, "customer__")).select_related("customer")


def order_get(viewer: Viewer, number: str) -> Order:
    """Return one visible order by its number; else Refused not_found."""
    return _one(orders_visible(viewer), number)


def delivery_get(viewer: Viewer, number: str) -> Delivery:
    """Return one visible delivery by its number; else Refused not_found."""
    return _one(deliveries_visible(viewer), number)


def contract_get(viewer: Viewer, number: str) -> Contract:
    """Return one visible contract by its number; else Refused not_found."""
    return _one(contracts_visible(viewer), number)


def can_come_back(lines: Sequence[DeliveryLine]) -> dict[int, Decimal]:
    """Return by key of a line how much of it can still come back; of what came back itself nothing."""
    back = DeliveryLine.objects.filter(of__in=lines, delivery__state=Delivery.State.VALID)
    gone = dict(back.order_by().values_list("of").annotate(sum=Sum("quantity")))
    return {line.pk: Decimal(0) if line.of_id else line.quantity - gone.get(line.pk, Decimal(0)) for line in lines}


def _one(rows: QuerySet[R], number: str) -> R:
    found = rows.filter(number=number.replace("\0", "")).first()
    if found is None:
        raise Refused("not_found", NOT_FOUND)
    return found
