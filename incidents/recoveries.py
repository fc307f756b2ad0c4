"""ご関係の回復: how dealings stand after incidents, and whom customers have sent to us since (practice 2-38)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Count, Q
from django.db.models.fields.json import KT
from django.utils.translation import gettext

from incidents.leaves.base import read_as
from incidents.leaves.recovery import KNOWN_AS, OUTCOMES, REFERRAL, Recovery, ReferralSheet
from incidents.models import Incident, Leaf, State
from incidents.selectors import incidents_visible
from office.viewer import Viewer

SINCE = timedelta(days=365)
AT_REST, UNSAID = "at_rest", ""  # estranged, with a day to look again; ended, and nobody has said how dealings stand
SHOWN = 100  # referrals on the page


@dataclass(frozen=True)
class Referred:
    """A referral with the incident it is tied to."""

    incident: Incident
    sheet: ReferralSheet
    leaf: Leaf


@dataclass(frozen=True)
class Stands:
    """How dealings stand, as it was noted."""

    sheet: Recovery
    leaf: Leaf

    @property
    def label(self) -> str:
        """What the outcome is called."""
        return gettext(OUTCOMES[self.sheet.outcome])

    @property
    def words(self) -> str:
        """What shows it."""
        return self.sheet.words


@dataclass(frozen=True)
class Recoveries:
    """Of the incidents that ended in twelve months: how many came out how, by outcome; the referrals of that time, the
    newest first, and how many there are."""

    counts: dict[str, int]
    referrals: list[Referred]
    referred: int

    @property
    def ended(self) -> int:
        """How many have ended."""
        return sum(self.counts.values())


def recoveries(viewer: Viewer) -> Recoveries:
    """Return how the viewer's incidents came out; three statements.

    Withdrawn, void and merged ones are no trouble that was got over, and are left out.
    """
    mine, since = incidents_visible(viewer), viewer.at - SINCE
    ended = mine.filter(state__in=(State.CLOSED, State.AT_REST), closed_at__gt=since).order_by()
    counts: Counter[str] = Counter(dict.fromkeys([*OUTCOMES, AT_REST, UNSAID], 0))
    rows = ended.annotate(outcome=KT(f"case__known__{KNOWN_AS}")).values("state", "outcome").annotate(n=Count("pk"))
    for row in rows:
        counts[AT_REST if row["state"] == State.AT_REST else row["outcome"] or UNSAID] += row["n"]
    referrals = Leaf.objects.filter(sort=REFERRAL, ended_at=None, at__gt=since, incident__in=mine.order_by())
    found = referrals.select_related("incident__customer", "by").order_by("-at", "-pk")
    return Recoveries(dict(counts), list(_read(found[:SHOWN])), referrals.count())


def referrals_of(viewer: Viewer, customer_id: int) -> tuple[list[Referred], list[Referred]]:
    """Return whom a customer has sent to us, and who has sent them, of the incidents this viewer may open; the newest
    first, one statement."""
    named = Q(text__contains=f'"customer":{customer_id},')  # canonical JSON; quotes in people's words are escaped
    mine = incidents_visible(viewer).order_by()
    rows = Leaf.objects.filter(named | Q(incident__customer=customer_id), sort=REFERRAL, ended_at=None)
    rows = rows.filter(incident__in=mine).select_related("incident__customer", "by").order_by("-at", "-pk")
    found = list(_read(rows[:SHOWN]))
    sent = [one for one in found if one.incident.customer_id == customer_id]
    return sent, [one for one in found if one.sheet.customer == customer_id]


def _read(rows: Iterable[Leaf]) -> Iterable[Referred]:
    return (Referred(leaf.incident, read_as(ReferralSheet, leaf), leaf) for leaf in rows)
