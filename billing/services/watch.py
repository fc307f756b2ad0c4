"""The watch: what is missing goes to a clerk, once, and leaves the list when it is no longer missing. What a cutoff of
the next days will bill is told before (practices 0-16, 3-06)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext, gettext_noop

from billing.selectors.watch import LABELS, Gap, at_risk, gaps
from billing.services.kept import rows_keep
from customers.models import Activity
from customers.services import ActivityRow, activities_add, activities_put
from office.models import User
from office.roles import Role
from office.selectors import business_calendar, people
from office.templatetags.makoto import sama

DIGEST = "unopened"  # worth a look, and nothing that hurries: one row for all of them
DIGEST_LABEL = gettext_noop("Invoices sent to new addresses and not opened")
NEAR, NEAR_LABEL = "near", gettext_noop("Cutoff near, not billed yet")
NEAR_TEXT = gettext_noop("Cutoff %(closing)s: %(yen)s yen of %(n)s customers. Is every delivery written down?")
ALL = "watch:"  # what the sources of its activities begin with


@transaction.atomic
def watch_sweep(*, at: datetime) -> int:
    """Put what is missing before a clerk and end what is missing no more; return how many rows were written.

    Who is told of a customer stays the same clerk while there is one. Run again it finds nothing to do.
    """
    clerks = _clerks()
    if not clerks:
        return 0
    every = gaps(at)
    rows = {gap.source: _row(gap, clerks, at) for gap in every if gap.kind != DIGEST}
    told = _digest([gap for gap in every if gap.kind == DIGEST], clerks, at) + _near(at_risk(at), clerks)
    digest = {row.source: row for row in told}
    return rows_keep(ALL, rows, at=at, others=digest) + _digest_put(digest, at)


@transaction.atomic
def watch_tell(found: Sequence[Gap], *, at: datetime) -> None:
    """Put these before their clerks at once, without waiting for the next look; what is told already stays."""
    if clerks := _clerks():
        activities_add([_row(gap, clerks, at) for gap in found], at=at)


def _digest(found: Sequence[Gap], clerks: Sequence[User], at: datetime) -> list[ActivityRow]:
    """One row for each clerk with all that is worth a look and hurries nobody: mails to new addresses nobody opened."""
    mine: dict[int, list[Gap]] = {}
    for gap in found:
        mine.setdefault(_clerk(gap, clerks).pk, []).append(gap)
    rows = []
    for who, gaps_of in mine.items():
        with translation.override("ja"):
            detail = "\n".join(f"{sama(gap.customer.called)} {gap.text}" for gap in gaps_of)
        rows.append(ActivityRow(
            source=f"{ALL}{DIGEST}:{who}", kind=Activity.Kind.STEP, label=DIGEST_LABEL, detail=detail[:300], who_id=who,
            due=business_calendar().next_opening(at), link="/billing/sending/",
        ))  # fmt: skip
    return rows


def _near(found: Sequence[Gap], clerks: Sequence[User]) -> list[ActivityRow]:
    """One row for each clerk and cutoff of the next days, with what is not billed yet: the draft is made that evening,
    and what nobody has written down by then will be missing."""
    mine: dict[tuple[int, date], list[Gap]] = {}
    for gap in found:
        mine.setdefault((_clerk(gap, clerks).pk, gap.closing), []).append(gap)
    rows = []
    for (who, closing), gaps_of in mine.items():
        names = list(dict.fromkeys(sama(gap.customer.called) for gap in gaps_of))
        told = {"closing": f"{closing:%m/%d}", "yen": f"{sum(gap.yen for gap in gaps_of):,}", "n": len(names)}
        with translation.override("ja"):
            detail = gettext(NEAR_TEXT) % told + "\n" + "、".join(names)
        rows.append(ActivityRow(
            source=f"{ALL}{NEAR}:{closing}:{who}", kind=Activity.Kind.STEP, label=NEAR_LABEL, detail=detail[:300],
            who_id=who, due=business_calendar().closing_of(closing), link="/billing/watch/",
        ))  # fmt: skip
    return rows


def _digest_put(rows: Mapping[str, ActivityRow], at: datetime) -> int:
    """Write those whose words changed; they keep their day, so that they do not move while nobody looks."""
    known = {row.source: row for row in Activity.objects.filter(source__in=rows)}
    changed = [
        replace(row, due=known[source].due) if source in known and known[source].state == Activity.State.OPEN else row
        for source, row in rows.items()
        if source not in known or (known[source].state, known[source].detail) != (Activity.State.OPEN, row.detail)
    ]
    activities_put(changed, at=at)
    return len(changed)


def _clerks() -> Sequence[User]:
    return people().with_role(Role.BILLING) or people().with_role(Role.ADMIN)


def _clerk(gap: Gap, clerks: Sequence[User]) -> User:
    """Who is told of a customer: the same one while there is one."""
    return clerks[gap.customer.pk % len(clerks)]


def _row(gap: Gap, clerks: Sequence[User], at: datetime) -> ActivityRow:
    with translation.override("ja"):
        detail = gap.text
    return ActivityRow(
        source=gap.source, kind=Activity.Kind.STEP, label=LABELS[gap.kind], detail=detail[:300],
        customer_id=gap.customer.pk, who_id=_clerk(gap, clerks).pk, due=at, link=gap.link,
    )  # fmt: skip
