"""Alternatives: prepared with the boss, seen by the two alone, opened by the customer's reaction."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

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
    result = {"met": [job.cast.okamoto.pk], "reaction": reaction, "words": "お金を返してほしい", **more}
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
    with pytest.raises(Refused, match="There is nothing here"):
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
    with pytest.raises(Refused, match="There is nothing here"):
        job.do(cast.manager, "agree_alternatives", data={"leaf": the_set(job).pk})


def test_the_boss_is_asked_in_words_that_tell_nobody_anything(cast: SimpleNamespace, at: datetime) -> None:
    StandIn.objects.create(
        absent=cast.manager, stand_in=cast.manager2, starts=at - timedelta(days=1), ends=at + timedelta(days=1)
    )
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
