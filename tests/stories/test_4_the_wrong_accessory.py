"""Story 4: the wrong accessory. The apology is not accepted; only then alternatives; the customer meets us half-way."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from customers.models import Promise
from customers.services import promise_keep
from incidents import verify
from incidents.models import Leaf
from incidents.selectors import leaves_readable
from office.clock import JST
from office.errors import Refused
from office.models import User
from tests.job import Job

pytestmark = pytest.mark.django_db
DELIVERED = datetime(2026, 11, 24, 10, tzinfo=JST)
ALTERNATIVES = [
    {"what": "正しい付属品に交換する", "kind": "replace", "cost": 60_000},
    {"what": "違う付属品の代金をお返しする", "kind": "refund", "cost": 45_000},
    {"what": "正しい付属品を無償で取り付ける", "kind": "free_fitting", "cost": 85_000},
]


@pytest.fixture
def job(cast: SimpleNamespace) -> Job:
    """Delivery day: a slip at order entry, the wrong accessory fitted; the boss comes along."""
    job = Job(cast, DELIVERED, kind="wrong_delivery", summary="入力の誤りで、違う付属品を取り付けてお納めした")
    job.do(cast.rep, "submit", "first_apology")
    assert ("submit", "plan") not in job.offers(cast.rep), "order and delivery are laid side by side first"
    job.do(cast.rep, "submit", "comparison")
    paper = job.offers(cast.rep)["submit", "plan"]["schema"]["example"]
    job.do(cast.rep, "submit", "plan", {**paper, "remedy": "違う付属品を本日中に取り外す", "meets": [cast.okamoto.pk]})
    job.do(cast.manager, "approve", "plan", {})
    # what they really wish is asked before anything else is thought of
    claims = [{"said": "頼んだものと違う", "theme": "thing"}, {"said": "確かめもせずに取り付けた", "theme": "manner"}]
    job.do(cast.rep, "note_claims", data={"claims": claims, "wish": "頼んだ通りのものを、約束の日に使いたい"})
    return job


def reads(job: Job, user: User) -> list[str]:
    return [leaf.sort for leaf in leaves_readable(job.viewer(user), job.incident) if leaf.sort != "claims"]


def visit(job: Job, reaction: str, words: str) -> None:
    job.do(job.cast.rep, "start", "visit")
    result = {"met": [job.cast.okamoto.pk], "reaction": reaction, "words": words}
    job.do(job.cast.rep, "submit", "visit", result)


def test_the_wrong_accessory(cast: SimpleNamespace, job: Job) -> None:
    # what the customer has a right to stands in the plan, for everybody to see; it is no alternative
    with pytest.raises(Refused, match="entitled"):
        job.do(cast.rep, "prepare_alternatives", data={"options": [{"what": "違う付属品の取外し", "owed": True}]})
    # several alternatives, prepared with the boss before the visit
    job.do(cast.rep, "prepare_alternatives", data={"options": ALTERNATIVES})
    job.do(cast.manager, "agree_alternatives")
    assert reads(job, cast.rep2) == []
    # rep and boss apologise. "I want none of it. Money back." Only now they open
    job.at += timedelta(days=1)
    visit(job, "not_accepted", "全部いらない。お金を返して")
    assert reads(job, cast.rep2) == ["alternatives"]
    # one after the other; the third brings a proposal of the customer's own
    sealed = Leaf.objects.get(sort="alternatives")
    for place, answer in enumerate(("declined", "declined", "counter")):
        job.do(cast.rep, "offer_made", data={"option": f"{sealed.pk}:{place}", "answer": answer})
    job.do(cast.rep, "counter_offer", data={"text": "正しい方の代金は払う。取付けはお願いする", "amount": 60_000})
    # half-way: the customer pays for the right one, we fit it
    by = f"{job.at + timedelta(days=3):%Y-%m-%d}"
    theirs = {"text": "正しい付属品はお客様のご負担", "amount": 60_000, "payer": "customer", "by": by}
    job.do(cast.rep, "agreement", data=theirs)
    job.do(cast.rep, "agreement", data={"text": "取付けは当社の負担", "amount": 25_000, "payer": "us", "by": by})
    # the money is reviewed, signed by a second person, and the customer is told
    paper = {"decision": "compensate", "amount": 25_000, "basis": "お客様との合意", "losses": ["other"]}
    job.do(cast.manager, "submit", "compensation", paper)
    job.do(cast.manager2, "approve", "compensation", {})
    job.do(cast.rep, "told_to_customer", data={
        "told_on": f"{job.at:%Y-%m-%d}", "to": [cast.okamoto.pk], "what": "取付けの費用を除いた請求書をお届けする",
        "by": (job.at + timedelta(days=2)).isoformat(),
    })  # fmt: skip
    # every promise of that day stands in the ledger, and is kept
    made = Promise.objects.open().filter(number=job.number)
    promised = {"取付けは当社の負担", "正しい付属品はお客様のご負担", "取付けの費用を除いた請求書をお届けする"}
    assert promised <= {promise.what for promise in made}
    job.at += timedelta(days=2)
    for promise in made:
        evidence, number = "取付けを終え、お客様とともに確かめた", "R-2026-0011" if promise.document else ""
        promise_keep(promise_id=promise.pk, evidence=evidence, document_number=number, by=cast.rep, at=job.at)
    # the second visit: accepted
    visit(job, "accepted", "ここまでしてくれるなら、またお願いする")
    told = [json.loads(leaf.text)["text"] for leaf in Leaf.objects.filter(sort="agreement").order_by("pk")]
    assert told == ["正しい付属品はお客様のご負担", "取付けは当社の負担"]
    assert list(verify.problems()) == []


def test_had_the_apology_been_accepted_nobody_would_have_seen_them(cast: SimpleNamespace, job: Job) -> None:
    job.do(cast.rep, "prepare_alternatives", data={"options": ALTERNATIVES})
    job.do(cast.manager, "agree_alternatives")
    job.at += timedelta(days=1)
    visit(job, "accepted", "誰にでも間違いはある")
    assert reads(job, cast.rep2) == []
    assert Leaf.objects.get(sort="alternatives").confidential
