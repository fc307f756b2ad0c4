"""A promise on the lists of who keeps it, and in the mails about it."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from django.db.models import Q
from django.utils.translation import gettext, gettext_noop, override

from customers.models import Activity, Promise
from customers.models.activity import CHASED, ActivityQuerySet
from customers.models.promise import BILLED
from customers.services.activities import ActivityRow, activities_put
from office.clock import JST
from office.models import User
from office.services import Message

LABEL = gettext_noop("Keep the promise")
ANSWER = gettext_noop("Answer the customer")
TO_BILL = gettext_noop("Make the document of a compensation")


def promise_put(promise: Promise, *, at: datetime, done_by_id: int | None = None) -> None:
    """Write what stands on the list of who keeps it; `done_by_id` once it has ended."""
    activities_put([promise_row(promise, done_by_id=done_by_id)], at=at)


def promise_row(promise: Promise, *, done_by_id: int | None = None) -> ActivityRow:
    """Return what stands on the list of who keeps it; `done_by_id` once it has ended."""
    ended = promise.state != Promise.State.OPEN
    return ActivityRow(
        source=f"promise:{promise.pk}",
        kind=Activity.Kind.PROMISE,
        customer_id=promise.customer_id,
        number=promise.number,
        label=CHASED if promise.waits else ANSWER if promise.page else LABEL,
        detail=promise.what,
        who_id=promise.owner_id,
        deputy_id=promise.customer.deputy_id,
        due=promise.answer_by,
        link=promise.page or f"/customers/promises/{promise.pk}/",
        state=Activity.State.DONE if ended else Activity.State.OPEN,
        done_by_id=done_by_id,
        level=promise.told,
        # before its day nobody waits in vain, unless they had to ask again
        waiting=promise.waits or (promise.kind == Promise.Kind.REQUEST and promise.told > 0),
        urgent=promise.waits or promise.told > 0,
    )


def clerk_rows(promise: Promise, clerks: Iterable[int]) -> list[ActivityRow]:
    """The rows of those in billing who may make the document of a compensation; they end with the promise."""
    if promise.document not in BILLED:
        return []
    row = promise_row(promise)
    return [
        replace(row, source=f"{row.source}:clerk:{pk}", kind=Activity.Kind.STEP, label=TO_BILL, who_id=pk,
                deputy_id=None, level=0, urgent=False, waiting=False)
        for pk in clerks
    ]  # fmt: skip


def of_clerks(promises: Iterable[Promise]) -> ActivityQuerySet:
    """What stands on the lists of billing for these promises."""
    billed = [promise.pk for promise in promises if promise.document in BILLED]
    if not billed:
        return Activity.objects.none()
    sources = Q()
    for pk in billed:
        sources |= Q(source__startswith=f"promise:{pk}:clerk:")
    return Activity.objects.filter(sources)


def promise_mail(promise: Promise, receiver: User, key: str, sentence: str, at: datetime) -> Message:
    """A mail about a promise in the receiver's language; the subject may stand on a lock screen."""
    facts = {"customer": promise.customer.called, "day": f"{promise.answer_by.astimezone(JST):%Y-%m-%d %H:%M}"}
    with override(receiver.language):
        subject = gettext("Please check: %(customer)s") % facts
        body = gettext(sentence) % facts
        what = gettext(promise.what)  # people's words stay as they are; what a report promises by itself is ours
    return Message(
        key=f"promise:{promise.pk}:{key}",
        to=receiver.pk,
        subject=subject,
        body=f"{body}\n\n{what}",
        about=f"promise {promise.pk}",
        try_at=at,
    )
