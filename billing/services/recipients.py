"""How a customer receives its invoices: asked once, kept with the customer."""

from collections.abc import Iterable
from datetime import datetime

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.utils.translation import gettext_noop

from billing.models import Invoice, Recipient
from customers.models import Customer
from customers.text import clean
from office.errors import Refused
from office.models import User
from office.services import journal_write

MOST = 5  # addresses of one customer
NO_ADDRESS = gettext_noop("Please give at least one e-mail address.")
TOO_MANY = gettext_noop("Please give no more than %(most)s e-mail addresses.")
NO_MAIL = gettext_noop("%(address)s is not an e-mail address.")
NO_WAY = gettext_noop("Please choose by which way invoices go to this customer.")
CHANGED = gettext_noop("Somebody changed this meanwhile. Please look at it again.")


@transaction.atomic
def recipient_put(
    *,
    customer_id: int,
    way: str,
    by: User,
    at: datetime,
    addresses: str = "",
    person: str = "",
    portal: str = "",
    postal_code: str = "",
    address: str = "",
    version: int | None = None,
) -> Recipient:
    """Keep the way and where to. addresses: e-mail, separated by spaces or lines; person: as it is written on the mail.

    version: as it was read, None for whoever has not read it. Refused invalid without what the way needs, conflict when
    it was changed meanwhile. What has gone out stays as it was. Practice 3-06.
    """
    Customer.objects.select_for_update().get(pk=customer_id)
    known = Recipient.objects.filter(customer=customer_id).first()
    if version is not None and version != (known.version if known else 0):
        raise Refused("conflict", CHANGED)
    if way not in Invoice.Sent.values:
        raise Refused("invalid", NO_WAY, field="way")
    mails = list(dict.fromkeys(addresses.replace(",", " ").replace("、", " ").split()))
    _refuse_wrong(mails, needed=way == Invoice.Sent.MAIL)
    row = known or Recipient(customer_id=customer_id, version=0)
    row.way, row.addresses, row.version = way, "\n".join(mails), row.version + 1
    row.person = clean(person, field="person", limit=120).removesuffix("様").strip()
    row.portal = clean(portal, field="portal", limit=120)
    row.postal_code = clean(postal_code, field="postal_code", limit=10)
    row.address = clean(address, field="address", limit=300)
    row.asked_by, row.asked_at = by, at
    row.save()
    verb, about = gettext_noop("Way of sending invoices changed"), f"customer {customer_id}"
    journal_write(actor=by, verb=verb, about=about, detail=f"{way} {' '.join(mails)}"[:300], at=at)
    return row


def _refuse_wrong(mails: Iterable[str], *, needed: bool) -> None:
    found = list(mails)
    if needed and not found:
        raise Refused("invalid", NO_ADDRESS, field="addresses")
    if len(found) > MOST:
        raise Refused("invalid", TOO_MANY, field="addresses", most=MOST)
    for one in found:
        try:
            validate_email(one)
        except ValidationError as error:
            raise Refused("invalid", NO_MAIL, field="addresses", address=one[:60]) from error
        if len(one) > 254:
            raise Refused("invalid", NO_MAIL, field="addresses", address=one[:60])
