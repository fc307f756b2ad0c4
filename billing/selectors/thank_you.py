"""Questions about thank-you calls."""

from dataclasses import dataclass

from django.db.models import Q

from billing.thank_you import Payday, paydays, source_of, wording
from customers.models import Activity, Call, Contact, Customer
from customers.selectors import NOT_FOUND, contacts_of, customer_get, theirs
from office.clock import local_day
from office.errors import Refused
from office.viewer import Viewer


@dataclass(frozen=True)
class ThankYou:
    """Everything the person on the telephone needs: whom to thank, for what, and how it has gone so far."""

    payday: Payday
    customer: Customer
    activity: Activity | None
    contacts: list[Contact]
    calls: list[Call]
    sentence: str  # msgid


def thank_you_get(viewer: Viewer, instalment_id: int) -> ThankYou:
    """Return the call for one instalment of a visible customer; else Refused not_found."""
    found = paydays(theirs(viewer, "invoice__customer__") & Q(pk=instalment_id))
    if not found:
        raise Refused("not_found", NOT_FOUND)
    customer_id, source = found[0].instalment.invoice.customer_id, source_of(instalment_id)
    return ThankYou(
        payday=found[0],
        customer=customer_get(viewer, customer_id),
        activity=Activity.objects.filter(source=source).select_related("done_by").first(),
        contacts=list(contacts_of(customer_id)),
        calls=list(Call.objects.filter(source=source).select_related("by", "contact")),
        sentence=wording(found[0], local_day(viewer.at)),
    )
