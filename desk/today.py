"""How open work is sorted into what the page Today shows. Pure: rows in, groups out, no question asked."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta

from customers.models import Activity
from customers.models.activity import CHASED
from office.clock import JST, local_day
from office.roles import Role
from office.viewer import Viewer

ON_SITE = (Activity.Kind.VISIT, Activity.Kind.DAY)
BOSSES = frozenset({Role.MANAGER.value, Role.BRANCH_HEAD.value, Role.DIRECTOR.value})
DECIDED_BY_BOSS = (Activity.Kind.NOTICE, Activity.Kind.APPROVAL)


@dataclass
class Today:
    """The open work of one person; a row stands in one place only."""

    deadlines: list[Activity] = field(default_factory=list)  # final dates set by customers, the nearest first
    reports: list[Activity] = field(default_factory=list)  # for a boss: first reports not yet answered
    approvals: list[Activity] = field(default_factory=list)  # for a boss
    waiting: list[Activity] = field(default_factory=list)  # who had to ask again first, then who waits longest
    behind: list[Activity] = field(default_factory=list)  # sent back or past their time
    today: list[Activity] = field(default_factory=list)
    visit: Activity | None = None  # the next one, today or tomorrow: it has a card of its own beside the list
    tomorrow: list[Activity] = field(default_factory=list)
    later: list[Activity] = field(default_factory=list)
    team_visits: list[Activity] = field(default_factory=list)  # for a boss: the team's, still to come today
    team_promises: list[Activity] = field(default_factory=list)  # for a boss: the team's, past their time
    deadlines_today: int = 0  # of the deadlines, those that have come
    visits_today: int = 0  # 1 when the card's visit is today

    @property
    def count(self) -> int:
        """Return how much waits today: the number in the heading, the same as beside the menu."""
        groups = (self.reports, self.approvals, self.waiting, self.behind, self.today)
        return self.visits_today + self.deadlines_today + sum(map(len, groups))

    @property
    def nearest(self) -> Activity | None:
        """Return the first thing after today."""
        return next(iter((*self.tomorrow, *self.later)), None)

    def on_site(self, at: datetime) -> list[Activity]:
        """Return what takes this person to a customer today or tomorrow, the nearest first."""
        midnight = end_of_day(at) - timedelta(days=1)
        own = [*self.behind, *([self.visit] if self.visit else []), *self.today, *self.tomorrow]
        visits = [row for row in own if row.kind in ON_SITE and (row.moment or at) >= midnight]
        return [*visits, *self.deadlines[: self.deadlines_today]]

    def take_visit(self) -> None:
        """Move the next visit from its list to the card."""
        for rows in (self.today, self.tomorrow):
            for row in rows:
                if row.kind == Activity.Kind.VISIT and row.starts:
                    self.visit, self.visits_today = row, int(rows is self.today)
                    rows.remove(row)
                    return


def is_boss(viewer: Viewer) -> bool:
    """Return whether first reports and approvals come before this viewer's own work."""
    return bool(BOSSES & viewer.roles)


def end_of_day(at: datetime) -> datetime:
    """Return the first moment of tomorrow in Tokyo."""
    return datetime.combine(local_day(at) + timedelta(days=1), time(0), tzinfo=JST)


def sorted_into_today(rows: Iterable[Activity], viewer: Viewer) -> Today:
    """Return the viewer's rows in their groups; rows that are not the viewer's own work are the team's."""
    found = Today()
    for row in sorted(rows, key=lambda row: (row.moment or viewer.at, *_equal(row))):
        _group(found, row, viewer).append(row)
    found.waiting.sort(key=lambda row: (row.label != CHASED, row.opened_at))
    found.behind.sort(key=lambda row: not row.sent_back)
    if not is_boss(viewer):
        found.take_visit()
    return found


def _equal(row: Activity) -> tuple[bool, int, datetime, int]:
    """What decides between rows of one time: the grave first, then the standing of the account, then the older one."""
    return not row.urgent, row.customer.rank if row.customer else 1, row.opened_at, row.pk


def _is_mine(row: Activity, viewer: Viewer) -> bool:
    return row.who_id in viewer.acts_for or (row.deputy_id == viewer.user.pk and row.level > 0)


def _is_report(row: Activity) -> bool:
    """Whether a notice is a boss's first report, which is answered with one tap; others are read."""
    return row.source.endswith(":read")


def _group(found: Today, row: Activity, viewer: Viewer) -> list[Activity]:
    if not _is_mine(row, viewer):
        return found.team_visits if row.kind == Activity.Kind.VISIT else found.team_promises
    if row.kind == Activity.Kind.DEADLINE:
        found.deadlines_today += row.due is not None and row.due < end_of_day(viewer.at)
        return found.deadlines
    if is_boss(viewer) and row.kind in DECIDED_BY_BOSS and (row.kind != Activity.Kind.NOTICE or _is_report(row)):
        return found.reports if row.kind == Activity.Kind.NOTICE else found.approvals
    if row.waiting:
        return found.waiting
    return _by_time(found, row, viewer.at)


def _by_time(found: Today, row: Activity, at: datetime) -> list[Activity]:
    when, midnight = row.moment, end_of_day(at)
    if row.kind == Activity.Kind.DAY and row.due and at <= row.due:  # held for the whole day: not behind at its hour
        when = max(row.starts or row.due, at)
    if row.sent_back or (when is not None and when < at):
        return found.behind
    if when is None or when < midnight or row.kind in DECIDED_BY_BOSS:
        return found.today
    return found.tomorrow if when < midnight + timedelta(days=1) else found.later
