"""The clock's part in notices: prints and mails them, and asks whoever looks after a customer who has not answered."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime

from django.db import transaction
from django.db.models import Count, Q
from django.utils.translation import gettext_noop

from billing.models import ChangeNotice, NoticeCopy, Recipient
from billing.models.notice import UNPRINTED
from billing.notice_letters import letter_read
from billing.notices import body_of, subject_of
from billing.services.kept import rows_keep
from billing.services.mails import all_sent, mails_of, trouble_of
from billing.services.notice_copies import PREFIX, copy_locked
from customers.models import Activity
from customers.services import ActivityRow
from office.clock import local_day
from office.days import with_weekday
from office.errors import Refused
from office.http import sentence
from office.letter import press
from office.models import Outbox
from office.selectors import business_calendar, company
from office.services import Message, file_store, journal_write, outbox_put

logger = logging.getLogger(__name__)
AT_ONCE = 50
LABELS = {
    "held": gettext_noop("Tell a customer in care of a change in person"),
    "bounced": gettext_noop("A notice of a change came back"),
    "ask": gettext_noop("Ask whether the notice of a change was read"),
    "now": gettext_noop("A change holds that the customer has not acknowledged"),
    "post": gettext_noop("Post the letters of a notice"),
}
State = NoticeCopy.State


def notices_sweep(*, at: datetime) -> int:
    """Print what went out, hand it to the outbox, read what became of it, and keep everybody's lists; return how much
    was done. Run again it finds nothing to do."""
    sent = NoticeCopy.objects.filter(notice__state=ChangeNotice.State.SENT)
    unprinted = sent.filter(file=None, trouble="").exclude(paper="")
    done = sum(_print(pk, at) for pk in list(unprinted.values_list("pk", flat=True)[:AT_ONCE]))
    # those that came back are looked at too: a message may be sent again from the outbox
    waiting = sent.filter(state__in=[State.WAITING, State.BOUNCED], way=NoticeCopy.Way.MAIL, file__isnull=False)
    done += sum(_mail(pk, at) for pk in list(waiting.values_list("pk", flat=True)))
    return done + _lists(at)


def _print(pk: int, at: datetime) -> bool:
    """Make one PDF of its frozen words, outside any transaction; one that cannot be made comes back with the reason."""
    copy = NoticeCopy.objects.select_related("notice", "customer").get(pk=pk)
    letter = letter_read(copy.paper)
    try:
        data = press().pdf(letter).data
    except Refused as refused:
        logger.exception("the notice %s to customer %s could not be printed", copy.notice.number, copy.customer_id)
        unprinted = NoticeCopy.objects.filter(pk=pk, file=None)
        return bool(unprinted.update(state=State.BOUNCED, trouble=f"{UNPRINTED}{sentence(refused)}"[:300]))
    with transaction.atomic(durable=True):
        row = copy_locked(pk)
        if row.file_id is not None:
            return False
        name = f"{letter.date:%Y%m%d}_{copy.customer.name}_{copy.notice.number}.pdf"
        row.file = file_store(name=name, content_type="application/pdf", data=data, by=None, at=at)
        row.save(update_fields=["file"])
    return True


@transaction.atomic
def _mail(pk: int, at: datetime) -> bool:
    """Put its mails into the outbox once; later take over what the outbox says."""
    copy = copy_locked(pk)
    if copy.state not in (State.WAITING, State.BOUNCED):
        return False
    if copy.state == State.WAITING and copy.queued_at is None:
        outbox_put(_messages(copy, at), at=at)
        copy.queued_at = at
        copy.save(update_fields=["queued_at"])
        return True
    keys = [copy.outbox_key(place) for place in range(len(copy.emails))]
    mails = mails_of(keys)
    state, trouble = _outcome(mails)
    if (state, trouble) == (copy.state, copy.trouble):
        return False
    if state == State.SENT:
        copy.told_on = local_day(max(one.sent_at or at for one in mails))
    elif state == State.BOUNCED:
        verb, about = gettext_noop("Notice of a change could not be delivered"), f"notice {copy.notice.number}"
        journal_write(actor=None, verb=verb, about=about, detail=trouble, at=at)
    copy.state, copy.trouble = state, trouble
    copy.save(update_fields=["state", "trouble", "told_on"])
    return True


def _outcome(mails: Sequence[Outbox]) -> tuple[str, str]:
    """Told when all were sent, come back as soon as one was given up."""
    if trouble := trouble_of(mails):
        return State.BOUNCED, trouble
    return (State.SENT if all_sent(mails) else State.WAITING), ""


def _messages(copy: NoticeCopy, at: datetime) -> list[Message]:
    notice, customer, us = copy.notice, copy.customer, company()
    recipient = Recipient.objects.filter(customer=customer).first()
    body = body_of(
        company=customer.name, person=recipient.person if recipient else "", us=us.name, by=customer.owner.surname,
        phone=customer.owner.phone or us.phone, title=notice.title, effective_on=notice.effective_on,
        answer_by=notice.answer_by,
    )  # fmt: skip
    return [
        Message(
            key=copy.outbox_key(place), address=address, subject=subject_of(notice.title, us.name), body=body,
            try_at=at, about=f"notice {notice.number}", file=copy.file_id, reply_to=customer.owner.email,
        )
        for place, address in enumerate(copy.emails)
    ]  # fmt: skip


@transaction.atomic
def _lists(at: datetime) -> int:
    """Keep what each has to do about notices on their list, and nothing else."""
    rows = [row for copy in _unsettled(at) for row in _rows_of(copy, at)]
    rows += _to_post(at)
    return rows_keep(PREFIX, {row.source: row for row in rows}, at=at)


def _unsettled(at: datetime) -> Sequence[NoticeCopy]:
    """The copies somebody may have to do something about: few among all."""
    past = Q(state=State.SENT, notice__answer_by__lt=local_day(at))
    copies = NoticeCopy.objects.unanswered().filter(past | Q(state__in=[State.HELD, State.BOUNCED]))
    copies = copies.exclude(objection__isnull=False, objection__answered_at=None)
    return list(copies.select_related("notice", "customer"))


def _rows_of(copy: NoticeCopy, at: datetime) -> list[ActivityRow]:
    """What is to be done about one copy: at most one thing."""
    notice, calendar = copy.notice, business_calendar()
    asks = calendar.opening_of(calendar.business_day_after(notice.answer_by, 1))
    holds = calendar.next_opening(calendar.opening_of(notice.effective_on))
    if copy.state == State.HELD:
        return [_row(copy, "held", calendar.add_days(notice.sent_at or at, 1))]
    if copy.state == State.BOUNCED:
        return [_row(copy, "bounced", at, who=notice.sent_by_id)]
    if copy.state == State.SENT and at >= holds:
        return [_row(copy, "now", holds)]
    if copy.state == State.SENT and at >= asks:
        return [_row(copy, "ask", calendar.add_days(asks, 0))]
    return []


def _row(copy: NoticeCopy, kind: str, due: datetime, who: int | None = None) -> ActivityRow:
    notice, customer = copy.notice, copy.customer
    return ActivityRow(
        source=f"{PREFIX}{copy.pk}:{kind}", kind=Activity.Kind.STEP, label=LABELS[kind],
        detail=f"{notice.title}　{with_weekday(notice.effective_on)}より"[:300], customer_id=customer.pk,
        who_id=who or customer.owner_id, deputy_id=None if who else customer.deputy_id, due=due,
        link=f"/billing/notices/copies/{copy.pk}/",
    )  # fmt: skip


def _to_post(at: datetime) -> list[ActivityRow]:
    """One row for each notice with letters to be posted, to whoever sent it."""
    to_post = {"copies__state": State.POST, "copies__acknowledged_at": None}
    notices = ChangeNotice.objects.filter(state=ChangeNotice.State.SENT, **to_post).annotate(letters=Count("copies"))
    return [
        ActivityRow(
            source=f"{PREFIX}post:{notice.pk}", kind=Activity.Kind.STEP, label=LABELS["post"],
            detail=f"{notice.title}　{vars(notice)['letters']}通", who_id=notice.sent_by_id or notice.created_by_id,
            due=business_calendar().add_days(notice.sent_at or at, 1), link=f"/billing/notices/{notice.number}/",
        )
        for notice in notices
    ]  # fmt: skip
