"""Promises past their day: who is told, and when (practice 2-05)."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_noop

from customers.models import Promise
from customers.policy import PROMISE_TO_BOSS
from customers.services.activities import activities_put
from customers.services.promise_rows import promise_mail, promise_row
from office.selectors import business_calendar, policy
from office.services import Message, outbox_put

SWEEP_AT_ONCE = 500
OWNER, BOSS = 1, 2  # who was told that the day has passed


def promises_sweep(*, at: datetime) -> int:
    """Tell of promises past their day: first owner and deputy, some business days later the owner's boss.

    Returns how many were told. The promise holds what was told already, so any number of sweeps tell once.
    """
    return _tell(OWNER, at) + _tell(BOSS, at)


@transaction.atomic
def _tell(level: int, at: datetime) -> int:
    late = [promise for promise in _late(level, at) if level == OWNER or _boss_is_due(promise, at)]
    if late:
        Promise.objects.filter(pk__in=[promise.pk for promise in late]).update(told=level)
        for promise in late:
            promise.told = level
        activities_put([promise_row(promise) for promise in late], at=at)
        outbox_put([message for promise in late if (message := _message(promise, at))])
    return len(late)


def _late(level: int, at: datetime) -> list[Promise]:
    """Return the oldest late promises of which less than `level` was told, locked so that none ends meanwhile."""
    late = Promise.objects.late(at).filter(told__lt=level).order_by("answer_by", "pk")
    return list(late.select_for_update(of=("self",)).select_related("customer", "owner__boss")[:SWEEP_AT_ONCE])


def _boss_is_due(promise: Promise, at: datetime) -> bool:
    days = int(policy(PROMISE_TO_BOSS, at))
    return business_calendar().add_days(promise.answer_by, days) <= at


def _message(promise: Promise, at: datetime) -> Message | None:
    """Return the mail about a late promise to whom it is told now."""
    receiver = promise.owner if promise.told == OWNER else promise.owner.boss
    if receiver is None:
        return None
    late = gettext_noop("A promise was due on %(day)s. Has it been kept, or shall a new date be agreed?")
    return promise_mail(promise, receiver, f"late:{promise.told}", late, at)
