"""The next best touch: what to do first where a customer is warmer than we are (practice 1-01)."""

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext, gettext_noop

from customers.models import Activity
from customers.selectors import activities_of, promises_visible
from desk.stages import DELIVERY, ORDER, PAYMENT, TROUBLE, USUAL, WAITING
from office.viewer import Viewer

PROMISED = gettext_noop("First what is owed: %(what)s")
PLANNED = gettext_noop("Is planned already: %(what)s")
BY_STAGE = {
    TROUBLE: gettext_noop("Tell them by telephone how far we have come."),
    DELIVERY: gettext_noop("Be there at the delivery, or call on its day."),
    PAYMENT: gettext_noop("Call and say thank you for the payment."),
    ORDER: gettext_noop("Thank them for the order and name the next date."),
    WAITING: gettext_noop("Tell them how far their order has come."),
    USUAL: gettext_noop("Call and ask how things are."),
}
MEETS = (Activity.Kind.VISIT, Activity.Kind.CALL, Activity.Kind.FOLLOW_UP, Activity.Kind.DAY)


@dataclass(frozen=True)
class Touch:
    """What is proposed, where it is done, and when, if it stands on somebody's list already.

    of_incident: its words tell of an incident, which not everybody who sees the customer may open.
    """

    words: str
    link: str
    due: datetime | None = None
    of_incident: bool = False


def next_touch(viewer: Viewer, customer_id: int, stage: str) -> Touch:
    """Return what to do first, as far as the viewer may know: what they wait for, else what is planned, else by the
    stage; two statements. The words are in the current language."""
    owed = promises_visible(viewer).late(viewer.at).filter(customer=customer_id).first()
    if owed:
        words = gettext(PROMISED) % {"what": gettext(owed.what)}
        link = owed.page or reverse("customers:promise", args=[owed.pk])
        return Touch(words, link, owed.answer_by, bool(owed.number))
    planned = activities_of(viewer, customer_id).filter(kind__in=MEETS).exclude(link="").first()
    if planned:
        words = gettext(PLANNED) % {"what": planned.label_text}
        return Touch(words, planned.link, planned.moment, bool(planned.number))
    return Touch(gettext(BY_STAGE[stage]), reverse("customers:call", args=[customer_id]), of_incident=stage == TROUBLE)
