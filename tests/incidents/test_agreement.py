"""What was offered and agreed, with its money: promises, limits, losses, what the customer was told."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from customers.models import Promise
from incidents import verify
from incidents.models import Leaf
from office.errors import Refused
from tests.incidents.test_alternatives import agreed as agreed_to
from tests.incidents.test_alternatives import the_set, visited
from tests.job import Job

pytestmark = pytest.mark.django_db


def terms(at: datetime, amount: int = 50_000, payer: str = "us") -> dict[str, Any]:
    return {
        "text": "正しい付属品を取り付ける",
        "amount": amount,
        "payer": payer,
        "by": f"{at + timedelta(days=3):%Y-%m-%d}",
    }


def reviewed(job: Job, amount: int) -> Job:
    """A compensation of this amount, with all its signatures."""
    paper = {"decision": "compensate", "amount": amount, "basis": "お客様との合意", "losses": ["other"]}
    job.do(job.cast.manager, "submit", "compensation", paper)
    for user in (job.cast.manager2, job.cast.branch):
        if ("approve", "compensation") in job.offers(user):
            job.do(user, "approve", "compensation", {})
    assert job.case.steps["compensation"].state == "done"
    return job


def test_an_offer_names_an_alternative_that_is_open(cast: SimpleNamespace, at: datetime) -> None:
    job = visited(agreed_to(Job(cast, at).planned().wished()), "not_accepted")
    pk = the_set(job).pk
    for wrong in (f"{pk}:9", "999:0"):
        with pytest.raises(Refused, match="Choose one of the alternatives"):
            job.do(cast.rep, "offer_made", data={"option": wrong, "answer": "accepted"})
    job.do(cast.rep, "offer_made", data={"option": f"{pk}:1", "answer": "counter", "words": "半分は持つ"})
    assert "代金をお返しする" in Leaf.objects.get(sort="offer").text


def test_the_day_of_an_agreement_is_a_promise(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned().wished()
    job.do(cast.rep, "agreement", data={**terms(at), "to": [cast.okamoto.pk]})
    promise = Promise.objects.get(what="正しい付属品を取り付ける")
    assert (promise.to_contact, promise.agreed, promise.number) == (cast.okamoto, True, job.number)


def test_an_agreement_lies_ahead(cast: SimpleNamespace, at: datetime) -> None:
    with pytest.raises(Refused, match="lies in the past"):
        Job(cast, at).do(cast.rep, "agreement", data=terms(at - timedelta(days=9)))


def test_above_the_limit_the_review_is_signed_first(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned().wished()
    with pytest.raises(Refused, match="the compensation review is signed first") as refused:
        job.do(cast.rep, "agreement", data=terms(at, 300_000))
    assert (refused.value.field, refused.value.facts["limit"]) == ("amount", "100,000")
    reviewed(job, 300_000).do(cast.rep, "agreement", data=terms(at, 300_000))
    with pytest.raises(Refused, match="was signed for"):
        job.do(cast.rep, "agreement", data=terms(at, 1))


def test_small_sums_add_up(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned().wished()
    job.do(cast.rep, "agreement", data=terms(at, 60_000))
    with pytest.raises(Refused, match="is signed first"):
        job.do(cast.rep, "agreement", data=terms(at, 60_000))


def test_what_the_customer_bears_needs_no_signature(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned().wished()
    job.do(cast.rep, "agreement", data=terms(at, 900_000, "customer"))
    assert job.case.known["agreed_by_us"] == 0


def test_a_new_loss_sheet_takes_the_place_of_the_old(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned().wished()
    job.do(cast.rep, "loss_sheet")
    job.do(cast.manager, "loss_sheet")
    states = Leaf.objects.filter(sort="loss_sheet").order_by("pk").values_list("state", flat=True)
    assert list(states) == ["replaced", "open"]
    assert list(verify.problems()) == []


def test_the_decision_is_told_once_it_is_signed(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned().wished()
    told = {"told_on": f"{at:%Y-%m-%d}", "to": [cast.ogawa.pk]}
    with pytest.raises(Refused, match="is told to the customer once it is signed"):
        job.do(cast.rep, "told_to_customer", data=told)
    reviewed(job, 50_000)
    with pytest.raises(Refused, match="what the customer gets"):
        job.do(cast.rep, "told_to_customer", data=told)
    job.do(
        cast.rep,
        "told_to_customer",
        data={**told, "what": "値引きの請求書", "by": (at + timedelta(days=2)).isoformat()},
    )
    assert Promise.objects.filter(what="値引きの請求書", state="open").exists()


def test_it_is_told_to_somebody_and_not_in_the_future(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned().wished()
    job.do(cast.manager, "skip", "compensation", {"text": "損失なし"})
    job.do(cast.manager, "reopen", "compensation", {"text": "やはり検討する"})
    reviewed(job, 10_000)
    with pytest.raises(Refused, match="to whom"):
        job.do(cast.rep, "told_to_customer", data={"told_on": f"{at:%Y-%m-%d}"})
    with pytest.raises(Refused, match="lies ahead"):
        job.do(
            cast.rep, "told_to_customer", data={"told_on": f"{at + timedelta(days=2):%Y-%m-%d}", "to_name": "小川様"}
        )
