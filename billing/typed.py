"""What an invoice typed by its sums alone says in its one line: no database, no clock.

Such an invoice has no delivery behind it: a deposit before anything went out, or a sale nobody recorded. It is printed,
kept and checked by the law like any other (消費税法57条の4), and the second check asks where it comes from.
"""

import re
import unicodedata
from decimal import Decimal
from typing import NamedTuple

from django.utils.translation import gettext_noop

from billing import tax
from billing.models import Invoice, InvoiceLine
from office.errors import Refused

NO_TAX = gettext_noop(
    "So many yen cannot be the consumption tax of this amount at one rate. Goods of several rates are billed from "
    "their delivery, line by line."
)
COUNTED = re.compile(r"((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]{1,7})(?:\.[0-9]{1,3})?) ?([^\d\s.,]{1,10})")  # 24本, 2.5 kg
ORDINAL = re.compile("月|年|日|号|期|次|番|回目|週|度")  # 10月分 and 2号機 name one thing, they do not count
MOST_YEN = 999_999_999_999  # of one line
TOO_LARGE = gettext_noop("An invoice of more than 999,999,999,999 yen cannot be made here.")
PRICED = Decimal("0.01")  # a unit price has two decimals
LUMP = "式"


class Typed(NamedTuple):
    """How much of what at which price; the note holds words that count nothing."""

    quantity: Decimal
    unit: str
    unit_price: Decimal
    note: str


def typed(quantity: str, net: int) -> Typed:
    """Return what so many yen before tax are for: of what is counted (24本) its unit price where that comes out even,
    else one lump, with the words as its note."""
    found = COUNTED.fullmatch(unicodedata.normalize("NFKC", quantity).strip())
    if found and not ORDINAL.match(found[2]) and (count := Decimal(found[1].replace(",", ""))):
        price = (net / count).quantize(PRICED)
        if price * count == net and price <= MOST_YEN:
            return Typed(count, found[2], price, "")
    return Typed(Decimal(1), LUMP, Decimal(net), quantity if quantity != "一式" else "")


def rate_of(net: int, yen: int, rounding: str) -> int | None:
    """Return the rate of which so many yen are the tax on `net`, rounded as told by a word of `tax.ROUNDINGS`; of
    several the highest. None where it is that of no single rate."""
    return next((rate for rate in tax.RATES if tax.on(net, rate, rounding) == yen), None)


def line_of(invoice: Invoice) -> InvoiceLine:
    """Return the one line of an invoice that has its sums and its rounding.

    Refused invalid where its tax is that of no single rate, or its sum more than a line can hold.
    """
    if invoice.net > MOST_YEN:
        raise Refused("invalid", TOO_LARGE, field="net")
    rate = rate_of(invoice.net, invoice.tax, invoice.rounding)
    if rate is None:
        raise Refused("invalid", NO_TAX, field="tax")
    return InvoiceLine(
        place=1, traded_on=invoice.base_on, description=invoice.subject, rate=rate, amount=invoice.net,
        **typed(invoice.quantity, invoice.net)._asdict(),
    )  # fmt: skip
