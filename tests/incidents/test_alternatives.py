"""Alternatives: prepared with the boss, seen by the two alone, opened by the customer's reaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client

from customers.models import Activity
from customers.selectors import activities_for, activities_of
from incidents import store, verify
from incidents.models import Leaf
from incidents.selectors import leaves_readable
from incidents.turn import Order
from office.errors import Refused
from office.models import StandIn, User
from tests.job import Job

pytestmark = pytest.mark.django_db
SECRET = "倉庫の予備機との交換"
EVERYBODY = ("rep2", "manager2", "branch", "director", "tech", "auditor", "admin")


def options(**more: Any) -> dict[str, Any]:
    return {"options": [{"what": SECRET, "kind": "replace", "cost": 30_000, **more}, {"what": "代金をお返しする"}]}


def the_set(job: Job) -> Leaf:
    return Leaf.objects.filter(sort="alternatives").latest("pk")


def prepared(job: Job) -> Job:
    job.do(job.cast.rep, "prepare_alternatives", data=options())
    return job


def agreed(job: Job) -> Job:
    prepared(job).do(job.cast.manager, "agree_alternatives", data={"leaf": the_set(job).pk})
    return job


def visited(job: Job, reaction: str, **more: Any) -> Job:
    job.do(job.cast.rep, "start", "visit")
    result = {"met": [job.cast.okamoto.pk], "reaction": reaction, "words": "お金を返してほしい",
              "conditions": "お金を返すこと", "promise_by": f"{job.at + timedelta(days=3)}", **more}  # fmt: skip
    job.do(job.cast.rep, "submit", "visit", result)
    return job


def reads(job: Job, user: User) -> bool:
    return any(leaf.sort == "alternatives" for leaf in leaves_readable(job.viewer(user), job.incident))


def test_the_writer_and_the_boss_read_them_and_nobody_else(cast: SimpleNamespace, at: datetime) -> None:
    job = agreed(Job(cast, at).planned().wished())
    assert reads(job, cast.rep)
    assert reads(job, cast.manager)
    assert not any(reads(job, getattr(cast, name)) for name in EVERYBODY)


@pytest.mark.parametrize("reaction", ["not_accepted", "conditional"])
def test_they_open_when_the_apology_was_not_enough(cast: SimpleNamespace, at: datetime, reaction: str) -> None:
    job = visited(agreed(Job(cast, at).planned().wished()), reaction)
    assert all(reads(job, getattr(cast, name)) for name in EVERYBODY)
    assert list(verify.problems()) == []


@pytest.mark.parametrize("reaction", ["accepted", "pending", "not_met", "banned"])
def test_no_other_reaction_opens_them(cast: SimpleNamespace, at: datetime, reaction: str) -> None:
    job = visited(agreed(Job(cast, at).planned().wished()), reaction)
    assert not reads(job, cast.director)


def test_a_customer_who_asks_what_we_propose_opens_them(cast: SimpleNamespace, at: datetime) -> None:
    assert reads(visited(agreed(Job(cast, at).planned().wished()), "pending", asks_proposal=True), cast.director)


def test_what_no_boss_has_agreed_to_stays_closed(cast: SimpleNamespace, at: datetime) -> None:
    assert not reads(visited(prepared(Job(cast, at).planned().wished()), "not_accepted"), cast.director)


def test_a_second_set_waits_for_the_next_reaction(cast: SimpleNamespace, at: datetime) -> None:
    job = visited(agreed(Job(cast, at).planned().wished()), "not_accepted")
    agreed(job)
    states = [leaf.confidential for leaf in Leaf.objects.filter(sort="alternatives").order_by("pk")]
    assert states == [False, True]


def test_the_boss_opens_them_with_a_reason(cast: SimpleNamespace, at: datetime) -> None:
    job = agreed(Job(cast, at).planned().wished())
    job.do(cast.manager, "open_alternatives", data={"text": "お電話で対応案をお尋ねになった"})
    assert reads(job, cast.auditor)


def test_for_whom_they_are_not_there_is_nothing_to_do(cast: SimpleNamespace, at: datetime) -> None:
    job, empty = agreed(Job(cast, at).planned().wished()), Job(cast, at).planned().wished()
    pk = the_set(job).pk
    for user in (cast.manager2, cast.branch, cast.director):
        for command, data in (
            ("agree_alternatives", {"leaf": pk}), ("return_alternatives", {"leaf": pk, "text": "差戻し"}),
            ("open_alternatives", {"text": "開く"}), ("offer_made", {"option": f"{pk}:0", "answer": "declined"}),
        ):  # fmt: skip
            answers = []
            for one in (job, empty):
                with pytest.raises(Refused) as refused:
                    one.do(user, command, data=data)
                answers.append((refused.value.code, refused.value.message, refused.value.facts))
            assert answers[0] == answers[1], (user.username, command)
            offers = job.offers(user)
            assert (command, "") not in offers


def test_who_wrote_them_does_not_agree_to_them(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned().wished()
    with pytest.raises(Refused, match="it cannot be you"):
        job.do(cast.manager, "prepare_alternatives", data=options())
    job.do(cast.manager, "prepare_alternatives", data={**options(), "who": cast.branch.pk})
    with pytest.raises(Refused, match="No alternatives wait"):
        job.do(cast.manager, "agree_alternatives", data={"leaf": the_set(job).pk})
    job.do(cast.branch, "agree_alternatives", data={"leaf": the_set(job).pk})


def test_only_a_boss_of_the_incident_is_asked(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned().wished()
    for user in (cast.rep2, cast.manager_b, cast.auditor):
        with pytest.raises(Refused, match="Choose the boss"):
            job.do(cast.rep, "prepare_alternatives", data={**options(), "who": user.pk})


def test_they_come_back_with_a_reason_and_are_written_anew(cast: SimpleNamespace, at: datetime) -> None:
    job = prepared(Job(cast, at).planned().wished())
    job.do(cast.manager, "return_alternatives", data={"leaf": the_set(job).pk, "text": "費用の見積りを"})
    back = [a for a in activities_for(job.viewer(cast.rep)).open() if ":quiet:" in a.source]
    assert [activity.label for activity in back] == ["There is an answer for you"]
    agreed(job)
    assert not Activity.objects.open().filter(source__contains=":quiet:").exists()
    assert list(Leaf.objects.filter(sort="alternatives").order_by("pk").values_list("state", flat=True)) == [
        "replaced", "agreed",
    ]  # fmt: skip
    with pytest.raises(Refused, match="No alternatives wait"):
        job.do(cast.manager, "agree_alternatives", data={"leaf": the_set(job).pk})


def test_the_boss_is_asked_in_words_that_tell_nobody_anything(cast: SimpleNamespace, at: datetime) -> None:
    job = prepared(Job(cast, at).planned().wished())
    mine = [a for a in activities_for(job.viewer(cast.manager)).open() if ":quiet:" in a.source]
    assert [(a.label, a.deputy, a.link) for a in mine] == [
        ("Please look at this incident", None, f"/incidents/{job.number}/")
    ]
    for user in (cast.manager2, cast.rep2, cast.branch):
        assert not activities_for(job.viewer(user)).filter(source__contains=":quiet:").exists()
    assert not activities_of(job.viewer(cast.rep2), cast.towa.pk).filter(source__contains=":quiet:").exists()


@pytest.mark.parametrize("confirmed", ["no", "yes"])
def test_the_real_wish_comes_first_confirmed_or_not(cast: SimpleNamespace, at: datetime, confirmed: str) -> None:
    job, claims = Job(cast, at).planned(), [{"said": "付属品が違う", "theme": "thing"}]
    for sheet in ({}, {"claims": claims}):  # nothing noted yet; claims without a wish
        if sheet:
            job.do(cast.rep, "note_claims", data=sheet)
        assert ("prepare_alternatives", "") not in job.offers(cast.rep)
        with pytest.raises(Refused, match="really wishes") as refused:
            job.do(cast.rep, "prepare_alternatives", data=options())
        assert refused.value.code == "conflict"
    job.do(cast.rep, "note_claims", data={"claims": claims, "wish": "正しいものに替えてほしい", "confirmed": confirmed})
    assert job.case.known["wish"] == ("confirmed" if confirmed == "yes" else "noted")
    prepared(job)
    job.do(cast.rep, "note_claims", data={"claims": claims})  # the wish was none: nothing more is prepared
    assert ("prepare_alternatives", "") not in job.offers(cast.rep)
    assert ("agree_alternatives", "") in job.offers(cast.manager), "what was prepared goes on"


def test_what_the_customer_has_a_right_to_is_not_held_back(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned().wished()
    with pytest.raises(Refused, match="entitled to is not held back") as refused:
        job.do(cast.rep, "prepare_alternatives", data=options(owed=True))
    assert refused.value.field == "options.0.owed"


def test_the_same_request_twice_is_one_set(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned().wished()
    order = Order("prepare_alternatives", "once", data=options())
    for _ in range(2):
        store.execute(viewer=job.viewer(cast.rep), number=job.number, order=order)
    assert Leaf.objects.filter(sort="alternatives").count() == 1


def test_a_deputys_set_is_their_own(cast: SimpleNamespace, at: datetime) -> None:
    job = agreed(Job(cast, at).planned().wished())
    job.do(cast.rep2, "prepare_alternatives", data=options())
    assert [leaf.by for leaf in leaves_readable(job.viewer(cast.rep2), job.incident)][1:] == [cast.rep2]
    assert Leaf.objects.filter(sort="alternatives", state="agreed").count() == 1


class TestAStandIn:
    """While the boss is away whoever stands in for them answers in their place, and nobody else learns of it."""

    @pytest.fixture
    def job(self, cast: SimpleNamespace, at: datetime) -> Job:
        days = {"starts": at.date() - timedelta(days=1), "ends": at.date() + timedelta(days=1)}
        StandIn.objects.create(absent=cast.manager, stand_in=cast.manager2, **days)
        return prepared(Job(cast, at).planned().wished())

    def quiet(self, job: Job, user: User) -> int:
        return activities_for(job.viewer(user)).open().filter(source__contains=":quiet:").count()

    def test_reads_them_and_nobody_else_does(self, cast: SimpleNamespace, job: Job) -> None:
        assert (reads(job, cast.manager2), self.quiet(job, cast.manager2)) == (True, 1)
        for name in ("rep2", "branch", "director", "tech", "auditor", "admin"):
            assert (reads(job, getattr(cast, name)), self.quiet(job, getattr(cast, name))) == (False, 0), name

    def test_agrees_in_place_and_stays_a_reader(self, cast: SimpleNamespace, job: Job) -> None:
        job.do(cast.manager2, "agree_alternatives")
        row = job.case.known["alternatives"][str(the_set(job).pk)]
        assert (row["state"], row["asked"], row["agreed_by"]) == ("agreed", cast.manager.pk, cast.manager2.pk)
        job.at += timedelta(days=5)
        assert [reads(job, user) for user in (cast.rep, cast.manager, cast.manager2, cast.branch)] == [True] * 3 + [
            False
        ]
        assert self.quiet(job, cast.manager2) == 0
        job.do(cast.manager2, "open_alternatives", data={"text": "お電話で対応案をお尋ねになった"})
        assert reads(job, cast.auditor)
        assert list(verify.problems()) == []

    def test_gives_them_back_in_place(self, cast: SimpleNamespace, job: Job) -> None:
        job.do(cast.manager2, "return_alternatives", data={"leaf": the_set(job).pk, "text": "費用の見積りを"})
        backs = [leaf.sort for leaf in leaves_readable(job.viewer(cast.manager), job.incident)]
        assert "alternatives_back" in backs, "the boss reads what was answered in their place"
        assert not any(leaf.confidential for leaf in leaves_readable(job.viewer(cast.branch), job.incident))

    def test_has_it_only_as_long_as_both_hold(self, cast: SimpleNamespace, job: Job) -> None:
        pk = the_set(job).pk
        job.at += timedelta(days=2)
        assert (reads(job, cast.manager2), self.quiet(job, cast.manager2)) == (False, 0)
        with pytest.raises(Refused, match="No alternatives wait"):
            job.do(cast.manager2, "agree_alternatives", data={"leaf": pk})
        job.do(cast.manager, "agree_alternatives")
        job.at -= timedelta(days=2)
        assert not reads(job, cast.manager2), "the boss has answered"

    def test_who_wrote_them_does_not_agree_in_place(self, cast: SimpleNamespace, job: Job) -> None:
        job.do(cast.manager2, "prepare_alternatives", data={**options(), "who": cast.manager.pk})
        own = the_set(job).pk
        job.do(cast.manager2, "agree_alternatives")  # the example names the other's set
        with pytest.raises(Refused, match="No alternatives wait"):
            job.do(cast.manager2, "agree_alternatives", data={"leaf": own})
        assert self.quiet(job, cast.manager2) == 1, "one's own set waits for the boss"

    def test_one_of_two_sets_is_still_barred(self, cast: SimpleNamespace, job: Job) -> None:
        job.do(cast.manager2, "prepare_alternatives", data={**options(), "who": cast.manager.pk})
        with pytest.raises(Refused) as refused:
            job.do(cast.manager2, "agree_alternatives", data={"leaf": the_set(job).pk})
        assert refused.value.code == "not_found"
        assert the_set(job).state == "open"

    def test_of_another_boss_learns_nothing(self, cast: SimpleNamespace, at: datetime, job: Job) -> None:
        days = {"starts": at.date(), "ends": at.date()}
        StandIn.objects.create(absent=cast.branch, stand_in=cast.manager_b, **days)
        assert (reads(job, cast.manager_b), self.quiet(job, cast.manager_b)) == (False, 0)
        with pytest.raises(Refused, match="was found"):
            job.do(cast.manager_b, "agree_alternatives", data={"leaf": the_set(job).pk})

    def test_from_another_team_opens_the_incident_as_long_as_it_waits(
        self, cast: SimpleNamespace, at: datetime, job: Job
    ) -> None:
        days = {"starts": at.date(), "ends": at.date()}
        StandIn.objects.create(absent=cast.branch, stand_in=cast.manager_b, **days)
        job.do(cast.rep, "prepare_alternatives", data={**options(), "who": cast.branch.pk})
        assert reads(job, cast.manager_b)
        assert not reads(job, cast.manager2), "the set that waited for their boss is replaced"
        job.do(cast.manager_b, "agree_alternatives")
        assert job.case.known["alternatives"][str(the_set(job).pk)]["state"] == "agreed"

    def test_the_page_says_who_reads_and_offers_the_answer(
        self, cast: SimpleNamespace, job: Job, client_for: Callable[[User], Client]
    ) -> None:
        with time_machine.travel(job.at, tick=False):
            url = f"/incidents/{job.number}/"
            assert "佐藤課長の代理の山本課長代理も読めます" in client_for(cast.rep).get(url).content.decode()
            client = client_for(cast.manager2)
            assert f"{url}acts/agree_alternatives/" in client.get(url).content.decode()
            assert job.number in client.get("/approvals/").content.decode()
            typed = {"leaf": the_set(job).pk, "idempotency": "s1"}
            assert client.post(f"{url}acts/agree_alternatives/", typed).status_code == 302
            other = client_for(cast.rep2).get(url).content.decode()
            assert (SECRET in other, "代替案に同意" in other) == (False, False)
