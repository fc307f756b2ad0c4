"""The only writer of house rules."""

from __future__ import annotations

from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils.translation import gettext_noop

from office.clock import JST
from office.errors import Refused
from office.models import PolicyValue, User
from office.policy import number, written
from office.selectors.policy import policy, policy_cache
from office.services.journal import journal_write


@transaction.atomic
def policy_set(
    *,
    key: str,
    value: object,
    by: User | None,
    at: datetime,
    version: int | None = None,
    valid_from: datetime | None = None,
) -> PolicyValue:
    """Set a number from `valid_from` (default: at once) as a new version; earlier moments keep their value.

    version: the one the person saw; Refused conflict when somebody was faster. Refused invalid out of range.
    Incidents keep the numbers they were opened with.
    """
    checked = number(key).checked(value)
    begins = valid_from or at
    if begins < at:
        raise Refused("invalid", "A house rule cannot begin in the past.", field="valid_from")
    last = PolicyValue.objects.filter(key=key).select_related("by").order_by("-version").first()
    known = last.version if last else 0
    if version is not None and version != known:
        raise _overtaken(last)
    before = policy(key, at)
    row = _insert(PolicyValue(key=key, value=checked, version=known + 1, valid_from=begins, by=by))
    policy_cache.clear_with_commit()
    journal_write(
        actor=by,
        verb=gettext_noop("changed a house rule"),
        about=f"policy {key}",
        detail=f"{written(before)} → {written(checked)} (v{row.version}, {begins.astimezone(JST):%Y-%m-%d %H:%M})",
        at=at,
    )
    return row


def _insert(row: PolicyValue) -> PolicyValue:
    try:
        with transaction.atomic():
            row.save(force_insert=True)
    except IntegrityError:
        raise _overtaken(None) from None
    return row


def _overtaken(last: PolicyValue | None) -> Refused:
    if last is None or last.by is None:
        return Refused("conflict", "Someone else changed this house rule first. Please look at the new value.")
    return Refused(
        "conflict", "%(who)s changed this house rule first. Please look at the new value.", who=last.by.called
    )
