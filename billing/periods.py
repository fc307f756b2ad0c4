"""Which periods of a contract are to be billed with which closing (practice 3-05). Pure: no database, no clock."""

from collections.abc import Iterator
from datetime import date, timedelta

from billing.due import day_in_month
from billing.models import Contract

DAY = timedelta(days=1)


def periods(contract: Contract, until: date) -> Iterator[tuple[date, date]]:
    """The (first day, last day) of every period to be billed with a closing on `until` or before it.

    A period begins on the day of the month on which the contract began, or on the month's last where there is none. In
    advance it is billed with the closing that takes in its first day, else its last. The last period may be a part of
    one: whether it costs less is for whoever checks the draft.
    """
    number = 0
    while True:
        first, after = _begins(contract, number), _begins(contract, number + 1)
        if contract.last_on is not None and first > contract.last_on:
            return
        last = after - DAY
        if contract.last_on is not None:
            last = min(last, contract.last_on)
        if (first if contract.in_advance else last) > until:
            return
        yield first, last
        number += 1


def whole(contract: Contract, first: date) -> date:
    """The last day of the whole period that begins on `first`, whether or not the contract lasts so long."""
    number = ((first.year - contract.first_on.year) * 12 + first.month - contract.first_on.month) // contract.every
    return _begins(contract, number + 1) - DAY


def _begins(contract: Contract, number: int) -> date:
    begun = contract.first_on
    month = begun.month + number * contract.every
    end = day_in_month(begun.year, month, 0)
    return min(end, end.replace(day=min(begun.day, end.day)))
