"""`generate`: customers, their books and their incidents, written in bulk with chains that verify."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from random import Random

from config.demo.days import Days
from config.demo.invoices import GOODS
from config.demo.people import make_closing_days
from config.demo.scale.firms import Client, make_books, make_clients
from config.demo.scale.life import live
from config.demo.scale.names import SUMMARIES
from config.demo.scale.rows import Rows, keys
from config.demo.scale.staff import Staff, hire
from config.demo.scale.walk import Walk, World
from customers.models import Activity, CareHold, Promise
from customers.search import haystack
from customers.services import ActivityRow
from customers.services.activities import activity
from customers.services.promise_rows import LABEL
from incidents.agenda import agenda, read_notice, rows, source
from incidents.engine import Rules, playbooks
from incidents.models import Incident
from incidents.pins import pins
from incidents.steps.prevention import measure_row
from office.clock import local_day
from office.models import Counter
from office.roles import Role
from office.selectors import business_calendar

FEWEST = 20  # customers
EACH = 5  # incidents of a customer
BACK = 500  # business days over which they are spread
AT_ONCE = 500  # incidents in one transaction
SEVERITIES, WEIGHTS = ("A", "B"), (7, 93)


def generate(*, incidents: int, seed: int, at: datetime) -> dict[str, int]:
    """Add so many incidents, and what belongs to them, to the database. The same seed and day give the same company.

    Returns how many rows of each kind were made.
    """
    random = Random(seed)  # noqa: S311 - a company out of a seed, nothing secret
    make_closing_days(at.year, at)
    days = Days(at, business_calendar())
    now = days.calendar.closing_of(days.ago(1).date())  # yesterday's close: the hour of the run changes nothing
    firms = max(FEWEST, incidents // EACH)
    staff = hire(firms, days.ago(250))
    clients = make_clients(firms, staff, random)
    books = make_books(clients, local_day(now), days.calendar, staff.first(Role.BILLING), random)
    world = _world(staff, now)
    with _no_collector():
        written = _write(world, _incidents(world, clients, incidents, random), Numbers())
    Rows.reset_keys()
    return {"customers": firms, "invoices": books, **written}


@contextmanager
def _no_collector() -> Iterator[None]:
    """Thousands of rows make no rubbish until they are written; looking for it costs a fifth of the time."""
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


def _world(staff: Staff, now: datetime) -> World:
    numbers = {key: pins(playbook, now) for key, playbook in playbooks().items()}
    merged = {key: text for found in numbers.values() for key, text in found.items()}
    return World(staff, Rules(merged, business_calendar()), now, numbers)


class Numbers:
    """Gapless numbers by counter: read once, counted in memory, written with each batch."""

    def __init__(self) -> None:
        self._values: dict[str, int] = dict(Counter.objects.values_list("key", "value"))

    def next(self, key: str) -> int:
        """The next number of a key, from 1."""
        self._values[key] = self._values.get(key, 0) + 1
        return self._values[key]

    def save(self) -> None:
        """Write them back."""
        rows = [Counter(key=key, value=value) for key, value in self._values.items()]
        Counter.objects.bulk_create(rows, update_conflicts=True, unique_fields=["key"], update_fields=["value"])


Beginning = tuple[datetime, Client, Random]


def _incidents(world: World, clients: list[Client], count: int, random: Random) -> list[Beginning]:
    """When and to whom, the oldest first; each with dice of its own, so that one more changes none before it."""
    minutes = sorted((random.randint(30, BACK * 500) for _ in range(count)), reverse=True)
    opening = _Backwards(world.now)
    return [
        (opening.at(back), random.choice(clients), Random(random.random()))  # noqa: S311 - dice, nothing secret
        for back in minutes
    ]


class _Backwards:
    """Moments before now in business time, without counting from now each time."""

    def __init__(self, now: datetime) -> None:
        self._calendar, self._now = business_calendar(), now
        self._days = [local_day(now)]

    def at(self, minutes: int) -> datetime:
        """So many business minutes before now."""
        length = (self._calendar.closing_of(self._days[0]) - self._calendar.opening_of(self._days[0])).seconds // 60
        days, rest = divmod(minutes, length)
        while len(self._days) <= days:
            self._days.append(self._calendar.business_day_after(self._days[-1], -1))
        return self._calendar.closing_of(self._days[days]) - timedelta(minutes=rest)


def _write(world: World, beginnings: list[Beginning], numbers: Numbers) -> dict[str, int]:
    key, batch = keys(), Rows()
    counts = {"incidents": 0, "entries": 0, "activities": 0}
    for beginning in beginnings:
        incident = _incident(world, beginning, numbers)
        walk = Walk(world, beginning[1], incident, beginning[2], batch, key, numbers.next)
        batch.incidents.append(incident)
        live(walk)
        _put_on_desks(walk)
        counts["entries"] += incident.head_seq
        if len(batch.incidents) >= AT_ONCE:
            _flush(batch, numbers, counts)
    _flush(batch, numbers, counts)
    return counts


def _flush(batch: Rows, numbers: Numbers, counts: dict[str, int]) -> None:
    counts["incidents"] += len(batch.incidents)
    counts["activities"] += len(batch.activities)
    numbers.save()
    batch.write()
    gc.collect()


def _incident(world: World, beginning: Beginning, numbers: Numbers) -> Incident:
    """The row as a first report makes it."""
    at, client, random = beginning
    customer, owner = client.customer, client.customer.owner
    year = local_day(at).year
    number = f"{year}-{numbers.next(f'incident:{year}'):04d}"
    person = client.contacts[0]
    goods = random.choice(GOODS)[0]
    summary = random.choice(SUMMARIES).format(rank=person.rank, name=person.surname, goods=goods)
    if owner.team_id is None:
        raise ValueError(f"{owner.username} has no team")
    return Incident(
        number=number, customer=customer, summary=summary, owner=owner, deputy=customer.deputy, team_id=owner.team_id,
        created_by=owner, told_to=owner.boss, aware_at=at - timedelta(minutes=random.randint(1, 55)), opened_at=at,
        start_key=f"generated:{number}", kind="missed_invoice", version=playbooks()["missed_invoice"].version,
        severity=random.choices(SEVERITIES, WEIGHTS)[0], pins=world.pins["missed_invoice"], updated_at=at,
        search=haystack(number, customer.name, customer.kana, customer.code, summary),
    )  # fmt: skip


def _put_on_desks(walk: Walk) -> None:
    """Open work of a living incident, and the care its customer is in."""
    incident, batch = walk.incident, walk.rows
    batch.activities += [activity(row, row.due or walk.at) for row in _work(walk)]
    if not walk.case.over:
        batch.holds.append(CareHold(customer=incident.customer, source=source(incident, "care")))


def _work(walk: Walk) -> Iterator[ActivityRow]:
    incident = walk.incident
    wanted = agenda(walk.playbook, incident, walk.case, lambda: walk.world.staff.directory)
    yield from rows({}, wanted, incident, None)
    unread = not any(row.incident is incident for row in walk.rows.opened[-1:])
    if unread and not walk.case.over and (notice := read_notice(incident)):
        yield notice
    yield from (
        measure_row(measure) for measure in walk.rows.measures[-1:]
        if measure.incident is incident and measure.done_at is None
    )  # fmt: skip
    for promise in walk.rows.promises[-3:]:
        if promise.number == incident.number and promise.state == Promise.State.OPEN:
            yield _promise_row(promise, incident)


def _promise_row(promise: Promise, incident: Incident) -> ActivityRow:
    return ActivityRow(
        source=f"promise:{promise.pk}", kind=Activity.Kind.PROMISE, label=LABEL, who_id=promise.owner_id,
        customer_id=incident.customer_id, number=incident.number, detail=promise.what, deputy_id=incident.deputy_id,
        due=promise.answer_by, link=f"/customers/promises/{promise.pk}/",
    )  # fmt: skip
