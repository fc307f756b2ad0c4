"""Contracts that are billed every so many months (practice 3-05): written down, and ended."""

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from billing.models import Contract
from billing.selectors.billed import billed_beyond
from billing.selectors.invoices import terms_of
from billing.services.records import Line, goods_of, write
from customers.models import Activity
from customers.services import ActivityRow, activities_put
from office.calendar import refuse_far
from office.errors import Refused
from office.models import User
from office.selectors import business_calendar
from office.services import journal_write

ENDS_FIRST = gettext_noop("The last day comes before the first.")
EVERY = gettext_noop("A contract is billed every 1 to 12 months.")
BEYOND_LABEL = gettext_noop("Billed beyond the end of a contract")
BEYOND = gettext_noop("%(numbers)s bill it beyond its end on %(day)s. Is something owed back?")
NAMED = 4  # invoices named in one sentence


@transaction.atomic
def contract_create(
    *, number: str, customer_id: int, line: Line, first_on: date, by: User | None, at: datetime, every: int = 1,
    last_on: date | None = None, in_advance: bool = False,
) -> Contract:  # fmt: skip
    """Write a contract down that is billed every so many months (practice 3-05)."""
    if last_on is not None and last_on < first_on:
        raise Refused("invalid", ENDS_FIRST, field="last_on")
    if not 1 <= every <= 12:
        raise Refused("invalid", EVERY, field="every")
    contract = write(
        Contract, number, customer_id=customer_id, first_on=first_on, last_on=last_on, every=every,
        in_advance=in_advance, inclusive=terms_of(customer_id).inclusive, created_by=by, created_at=at,
        **goods_of([line])[0],
    )  # fmt: skip
    journal_write(actor=by, verb=gettext_noop("Contract recorded"), about=f"contract {contract.number}", at=at)
    return contract


@transaction.atomic
def contract_end(*, contract_id: int, last_on: date, by: User, at: datetime) -> Contract:
    """The contract ends with this day; periods that begin later are not billed. What has been issued for later days is
    put before whoever ends it: whether some of it is owed back, a person says."""
    contract = Contract.objects.select_for_update().get(pk=contract_id)
    if last_on < contract.first_on:
        raise Refused("invalid", ENDS_FIRST, field="last_on")
    refuse_far(last_on=last_on)
    contract.last_on = last_on
    contract.save(update_fields=["last_on"])
    journal_write(actor=by, verb=gettext_noop("Contract ended"), about=f"contract {contract.number}",
                  detail=f"{last_on}", at=at)  # fmt: skip
    if beyond := billed_beyond(contract, last_on):
        activities_put([_owed_back(contract, beyond, last_on, by, at)], at=at)
    return contract


def _owed_back(contract: Contract, numbers: Sequence[str], last_on: date, by: User, at: datetime) -> ActivityRow:
    with translation.override(by.language):
        told = {"numbers": ", ".join(numbers[:NAMED]), "day": f"{last_on:%Y/%m/%d}"}
        detail = gettext(BEYOND) % told
    return ActivityRow(
        source=f"contract-end:{contract.pk}:{last_on}", kind=Activity.Kind.NOTICE, label=BEYOND_LABEL, detail=detail,
        customer_id=contract.customer_id, who_id=by.pk, due=business_calendar().add_days(at, 1),
        link=f"/billing/contracts/{contract.number}/",
    )  # fmt: skip
