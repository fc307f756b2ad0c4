"""本日の対応: what stands where, for whom, at what price."""

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from customers.models import Activity
from customers.services import ActivityRow, activities_put
from desk.offline import carried
from desk.selectors import counts_for, today_for
from desk.today import Today
from office.models import User
from office.viewer import viewer_for

ClientFor = Callable[..., Client]
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def put(who: User, at: datetime, source: str = "a", **fields: object) -> None:
    """One open activity of this person, opened at `at`."""
    known = {"kind": "step", "label": "Action plan", "link": "/here/", **fields}
    activities_put([ActivityRow(source=source, who_id=who.pk, **known)], at=at)  # type: ignore[arg-type]


def today(user: User, at: datetime) -> Today:
    """The page's groups of this person."""
    return today_for(viewer_for(user, at))


def sources(rows: list[Activity]) -> list[str]:
    return [row.source for row in rows]


def test_nothing_open_is_an_empty_day(cast: SimpleNamespace, at: datetime) -> None:
    assert today(cast.rep, at) == Today()


def test_the_customer_who_waits_longest_comes_first(cast: SimpleNamespace, at: datetime) -> None:
    put(cast.rep, at - HOUR, "young", kind="call", waiting=True, due=at - HOUR)
    put(cast.rep, at - 2 * HOUR, "old", kind="call", waiting=True, due=at + HOUR)
    assert sources(today(cast.rep, at).waiting) == ["old", "young"]
    put(cast.rep, at, "again", kind="promise", waiting=True, due=at + 9 * HOUR, label="The customer asked again")
    assert sources(today(cast.rep, at).waiting) == ["again", "old", "young"]


def test_of_one_time_the_grave_comes_first_then_the_key_account_then_the_older(
    cast: SimpleNamespace, at: datetime
) -> None:
    cast.hokuriku.weight, cast.hokuriku.owner = "A", cast.rep
    cast.hokuriku.save()
    for source, customer, changes in (
        ("younger", cast.towa, {}), ("older", cast.towa, {"at": at - DAY}), ("key", cast.hokuriku, {}),
        ("grave", cast.towa, {"urgent": True}), ("sooner", cast.towa, {"due": at + HOUR}),
    ):  # fmt: skip
        known: dict[str, Any] = {"at": at, "due": at + 2 * HOUR, **changes}
        put(cast.rep, known.pop("at"), source, customer_id=customer.pk, **known)
    assert sources(today(cast.rep, at).today) == ["sooner", "grave", "key", "older", "younger"]


def test_sent_back_stands_before_overdue(cast: SimpleNamespace, at: datetime) -> None:
    put(cast.rep, at, "late", due=at - DAY)
    put(cast.rep, at, "back", due=at + DAY, sent_back=True)
    assert sources(today(cast.rep, at).behind) == ["back", "late"]


def test_what_was_due_a_moment_ago_is_behind_and_a_moment_ahead_is_not(cast: SimpleNamespace, at: datetime) -> None:
    moment = timedelta(microseconds=1)
    put(cast.rep, at, "past", due=at - moment)
    put(cast.rep, at, "now", due=at)
    found = today(cast.rep, at)
    assert (sources(found.behind), sources(found.today)) == (["past"], ["now"])


def test_the_day_ends_at_midnight_in_tokyo(cast: SimpleNamespace, at: datetime) -> None:
    midnight = at.replace(hour=0) + DAY
    for source, due in {"last": midnight - HOUR, "first": midnight, "second": midnight + DAY}.items():
        put(cast.rep, at, source, due=due)
    found = today(cast.rep, at)
    assert [sources(group) for group in (found.today, found.tomorrow, found.later)] == [["last"], ["first"], ["second"]]


def test_the_next_visit_has_a_card_and_is_counted(cast: SimpleNamespace, at: datetime) -> None:
    put(cast.rep, at, "second", kind="visit", starts=at + 2 * HOUR)
    put(cast.rep, at, "first", kind="visit", starts=at + HOUR)
    found = today(cast.rep, at)
    assert found.visit is not None
    assert (found.visit.source, sources(found.today), found.count) == ("first", ["second"], 2)


def test_a_visit_of_tomorrow_has_the_card_but_is_not_counted(cast: SimpleNamespace, at: datetime) -> None:
    put(cast.rep, at, kind="visit", starts=at + DAY)
    found = today(cast.rep, at)
    assert found.visit is not None
    assert found.count == 0


def test_a_boss_reads_reports_and_approvals_first(cast: SimpleNamespace, at: datetime) -> None:
    put(cast.manager, at, "incident:1:read", kind="notice", due=at - HOUR)
    put(cast.manager, at, "plan", kind="approval", due=at - HOUR)
    put(cast.manager, at, "own", due=at - HOUR)
    found = today(cast.manager, at)
    assert [sources(group) for group in (found.reports, found.approvals, found.behind)] == [
        ["incident:1:read"],
        ["plan"],
        ["own"],
    ]


def test_a_boss_sees_the_teams_visits_and_broken_days_but_does_not_count_them(
    cast: SimpleNamespace, at: datetime
) -> None:
    put(cast.rep, at, "visit", kind="visit", starts=at + HOUR)
    put(cast.rep, at, "promise", kind="promise", due=at - DAY)
    put(cast.rep, at, "step", due=at - DAY)
    put(cast.rep_b, at, "foreign", kind="visit", starts=at + HOUR)
    found = today(cast.manager, at)
    assert (sources(found.team_visits), sources(found.team_promises), found.count) == (["visit"], ["promise"], 0)


def test_nobody_sees_a_strangers_work(cast: SimpleNamespace, at: datetime) -> None:
    put(cast.rep, at, due=at, kind="promise")
    assert today(cast.rep_b, at) == today(cast.rep2, at) == today(cast.manager_b, at) == Today()


def test_a_deputy_sees_it_once_the_due_was_told(cast: SimpleNamespace, at: datetime) -> None:
    put(cast.rep, at, due=at, deputy_id=cast.rep2.pk)
    assert today(cast.rep2, at).count == 0
    put(cast.rep, at, due=at, deputy_id=cast.rep2.pk, level=1)
    assert today(cast.rep2, at).count == 1


@pytest.mark.parametrize("role", ["rep", "manager"])
def test_the_menu_counts_what_the_heading_counts(cast: SimpleNamespace, at: datetime, role: str) -> None:
    user = getattr(cast, role)
    cases: list[dict[str, object]] = [
        {"waiting": True, "due": at + 3 * DAY},
        {"sent_back": True, "due": at + 3 * DAY},
        {"kind": "notice", "due": at - DAY},
        {"kind": "approval", "due": at + 3 * DAY},
        {},
        {"due": at - DAY},
        {"due": at + HOUR},
        {"due": at + DAY},
        {"due": at + 3 * DAY, "starts": at + HOUR, "kind": "visit"},
        {"due": at - DAY, "starts": at + 2 * DAY, "kind": "visit"},
        {"state": "done", "due": at},
    ]
    for number, case in enumerate(cases):
        put(user, at, str(number), **case)
    viewer = viewer_for(user, at)
    counts = counts_for(viewer)
    assert (counts["today"], counts["approvals"]) == (today_for(viewer).count, 1)
    assert (counts["all"], counts["call"], counts["visit"]) == (10, 0, 2)
    assert today_for(viewer).count == 8


def test_the_page_says_who_waits_and_whom_to_call(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    put(cast.rep, at - HOUR, kind="call", waiting=True, customer_id=cast.towa.pk, detail="「まだですか」")
    with time_machine.travel(at, tick=False):
        page = client_for(cast.rep).get("/").content.decode()
    assert all(words in page for words in ("東和工業様", "お待たせ 1時間", "「まだですか」", "本日の対応(1)"))


@pytest.mark.parametrize("role", ["rep", "manager"])
def test_the_page_costs_five_statements_however_much_lies_there(
    cast: SimpleNamespace, at: datetime, client_for: ClientFor, role: str
) -> None:
    user = getattr(cast, role)
    for number in range(30):
        kind = ("notice", "approval", "visit", "call", "promise")[number % 5]
        starts = at + number * HOUR if kind == "visit" else None
        put(
            user,
            at,
            str(number),
            kind=kind,
            customer_id=cast.towa.pk,
            number=f"2026-{number:04}",
            due=at,
            starts=starts,
        )
    client = client_for(user)
    with time_machine.travel(at, tick=False):
        client.get("/")  # fills the process caches
        with CaptureQueriesContext(connection) as spent:
            assert client.get("/").status_code == 200
    assert len(spent) <= 5, [query["sql"] for query in spent]


def test_the_chips_leave_one_kind_of_work(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    put(cast.rep, at, "step", due=at + HOUR, detail="紙の用件")
    put(cast.rep, at, "call", kind="call", due=at + HOUR, detail="電話の用件")
    with time_machine.travel(at, tick=False):
        page = client_for(cast.rep).get("/?show=calls").content.decode()
    assert "電話の用件" in page
    assert "紙の用件" not in page


def test_an_unknown_chip_shows_everything(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    put(cast.rep, at, due=at + HOUR, detail="紙の用件")
    with time_machine.travel(at, tick=False):
        assert "紙の用件" in client_for(cast.rep).get("/?show=x").content.decode()


def test_an_empty_day_names_what_comes_next(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    put(cast.rep, at, due=at + 3 * DAY, customer_id=cast.towa.pk)
    with time_machine.travel(at, tick=False):
        page = client_for(cast.rep).get("/").content.decode()
    assert "本日の対応はありません" in page
    assert "近い予定は" in page


def test_words_of_people_are_escaped(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    put(cast.rep, at, due=at, detail="<script>髙﨑𠮷</script>")
    with time_machine.travel(at, tick=False):
        page = client_for(cast.rep).get("/").content.decode()
    assert "&lt;script&gt;髙﨑𠮷" in page


def test_the_pages_of_the_next_visits_are_kept_at_hand(cast: SimpleNamespace, at: datetime) -> None:
    place = "/incidents/{}/steps/visit/"
    for number, starts in (("2026-0003", DAY), ("2026-0001", HOUR), ("2026-0002", -HOUR), ("2026-0009", 3 * DAY)):
        put(cast.rep, at, number, kind="visit", link=place.format(number), starts=at + starts)
    put(cast.rep, at, "imported", kind="visit", link="/customers/appointments/1/", starts=at + HOUR)
    put(cast.rep, at, "yesterday", kind="visit", link=place.format("2026-0008"), starts=at - DAY)
    put(cast.rep, at, "final", kind="deadline", link="/incidents/2026-0004/#final", due=at + HOUR)
    put(cast.rep, at, "far", kind="deadline", link="/incidents/2026-0005/", due=at + 5 * DAY)
    put(cast.rep, at, "fifth", kind="deadline", link="/incidents/2026-0006/#final", due=at + 2 * HOUR)
    paths = carried(today(cast.rep, at), at)
    assert paths[:2] == ["/", "/incidents/new/"]
    assert paths[2:5] == [place.format("2026-0002"), "/incidents/2026-0002/", "/incidents/2026-0002/listening/"]
    assert {path.split("/")[2] for path in paths[2:]} == {"2026-0001", "2026-0002", "2026-0003", "2026-0004"}
    assert carried(today(cast.rep_b, at), at) == ["/", "/incidents/new/"]


def test_a_part_of_the_days_work_throws_no_kept_page_away(cast: SimpleNamespace, client_for: ClientFor) -> None:
    client = client_for(cast.rep)
    assert 'name="carried"' in client.get("/").content.decode()
    assert 'name="carried"' not in client.get("/?show=calls").content.decode()
