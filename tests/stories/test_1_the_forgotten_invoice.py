"""Story 1: a forgotten invoice, an angry director, and the way back; act by act, by people and by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from billing.models import Invoice
from billing.services import draft_discard
from config.sweeps import sweep_run
from customers.models import Activity, Promise
from customers.selectors import activities_of
from customers.services import promise_break, promise_keep
from incidents import verify
from incidents.models import Incident, IssuedLetter, Measure
from incidents.services import measure_done, opened, render_letters, wake
from incidents.steps.letter import invoice_about
from office.clock import JST
from office.errors import Refused
from office.models import User
from tests.billing.paperwork import issue
from tests.billing.test_records import SCREW, delivered
from tests.job import Job

pytestmark = pytest.mark.django_db

CAUSE = "納品の記録から請求書を起こす作業を一名の手作業に頼り、もれに気づく確認の工程を設けておりませんでした"


def day(n: int, hour: int = 10, minute: int = 0) -> datetime:
    """A day of November 2026."""
    return datetime(2026, 11, n, hour, minute, tzinfo=JST)


def bill(cast: SimpleNamespace) -> Invoice:
    return Invoice.objects.create(
        number="S-20261124-003", customer=cast.towa, subject="制御盤ユニット SK-70", quantity="12台",
        delivery_number="D-20261014-017", delivered_on=day(1).date() - timedelta(days=18),
        planned_on=day(1).date() - timedelta(days=1), net=3_116_331, tax=311_633, total=3_427_964, created_at=day(20),
    )  # fmt: skip


def todo(user: User) -> list[str]:
    return list(Activity.objects.open().filter(who=user).values_list("label", flat=True))


def the_plan(cast: SimpleNamespace) -> dict[str, Any]:
    return {
        "fault": "ours", "invoice": "S-20261124-003", "cause": CAUSE, "cause_state": "confirmed",
        "cause_evidence": "納品記録と請求書の控えを突き合わせて確かめた",
        "effect": "締め処理に間に合わず、お支払いのご計画を組み直していただいた", "wish": "二度とないようにしてほしい",
        "prevention": "作成者とは別の者が納品記録と照合したうえで、すべての請求書を発行いたします",
        "prevention_from": "2026-12-01", "attendees": [cast.rep.pk, cast.manager.pk], "meets": [cast.okamoto.pk],
    }  # fmt: skip


def by_the_clock(until: datetime, since: datetime) -> None:
    """All that is due by itself, hour by hour."""
    at = since
    while at <= until:
        for name in ("drafts", "watch", "missed_invoices"):
            sweep_run(name=name, at=at)
        at += timedelta(hours=1)


def test_before_the_customer_finds_out(cast: SimpleNamespace) -> None:
    """The delivery is written down; its draft is thrown away by mistake. The watch asks and asks again; nobody listens,
    and the incident opens by itself, once, with the draft that puts it right and the figures of its letter."""
    delivered(cast, "D-20261014-017", SCREW, day=day(14).date())
    by_the_clock(day(26), since=day(24))
    near = Activity.objects.get(source__startswith="watch:near:")
    assert near.who in (cast.billing, cast.billing2)
    assert near.state == "open"  # five days before the closing day: is everything written down?
    by_the_clock(day(30, 19), since=day(30, 17))
    draft_discard(invoice_id=Invoice.objects.get().pk, by=cast.billing, at=day(30, 19))
    after = day(30) + timedelta(days=1)
    by_the_clock(after + timedelta(hours=2), since=after)
    assert "Delivered and not billed" in todo(cast.billing) + todo(cast.billing2)
    assert not Incident.objects.exists()  # billing first
    by_the_clock(after + timedelta(days=4), since=after + timedelta(days=1))
    incident, draft = Incident.objects.get(), Invoice.objects.get()
    assert (incident.kind, incident.owner, incident.invoice) == ("missed_invoice", cast.rep, draft.number)
    assert "D-20261014-017" in incident.summary
    assert "Read the first report" in todo(cast.manager)

    # The draft goes the way of two people; the letter says its figures.
    issued = issue(cast, draft, after + timedelta(days=4))
    told = invoice_about(incident, {})
    assert told is not None
    assert (told.number, told.total, told.delivery_number) == (issued.number, 1_135_200, "D-20261014-017")


def test_the_forgotten_invoice(cast: SimpleNamespace) -> None:
    bill(cast)
    # The director rings. The rep reports from the car park, within the hour.
    heard = "専務の岡本様からお電話。10/14納品分の請求書が届いていない"
    job = Job(cast, day(20, 10, 42), summary=heard, next_contact="today")
    assert "Read the first report" in todo(cast.manager)
    job.at = day(20, 10, 55)
    opened(viewer=job.viewer(cast.manager), incident=job.incident)
    assert "Read the first report" not in todo(cast.manager)

    # Same day: the first apology by telephone, no cause needed yet.
    assert {"First apology", "Action plan"} <= set(todo(cast.rep))
    job.do(cast.rep, "submit", "first_apology", {"how": "phone", "to": [cast.okamoto.pk], "words": "話にならない"})

    # Sweets alone are no plan: without cause and measure it is not accepted.
    with pytest.raises(Refused, match="cause"):
        job.do(cast.rep, "submit", "plan", {**the_plan(cast), "cause": ""})
    with pytest.raises(Refused, match="keep it from happening"):
        job.do(cast.rep, "submit", "plan", {**the_plan(cast), "prevention": ""})
    job.do(cast.rep, "submit", "plan", the_plan(cast))
    job.do(cast.manager, "approve_with_remark", "plan", {"text": "専務には私から先にお詫びします"})

    # The re-visit is to the director by name; the boss comes along.
    job.at = day(20, 14)
    us, them = [cast.rep.pk, cast.manager.pk], [cast.okamoto.pk]
    job.do(cast.rep, "start", "visit", {"starts": day(24, 14).isoformat(), "attendees": us, "meets": them})
    going = Activity.objects.filter(kind="visit").values_list("who", "starts")
    assert sorted(going) == [(who, day(24, 14)) for who in sorted(us)]

    # The letter carries cause, measures and prevention with the right figures.
    letter = job.offers(cast.rep)["submit", "letter"]["schema"]["example"]
    text = "".join(letter["letter"]["paragraphs"])
    assert CAUSE in text
    assert "3,427,964円" in text
    assert letter["letter"]["addressee"]["name"] == "岡本　隆一"
    job.do(cast.rep, "submit", "letter", letter)
    job.do(cast.branch, "approve", "letter", {})
    assert render_letters(at=day(20, 14)) == {"letters": 1}

    # On the day: met, not yet content; what was promised stands in the ledger.
    job.at = day(24, 15)
    result = {
        "met": [cast.okamoto.pk], "reaction": "conditional", "words": "点検の結果を見てから判断する",
        "conditions": "点検の結果を書面で見せること",
        "promise_what": "点検結果のご報告", "promise_by": day(30, 17).isoformat(),
    }  # fmt: skip
    job.do(cast.rep, "submit", "visit", result)
    job.do(cast.rep, "submit", "hand_over", {"how": "handed", "to": [cast.okamoto.pk]})
    assert IssuedLetter.objects.get().handed_over_at == day(24, 15)
    assert Promise.objects.filter(what="点検結果のご報告", answer_by=day(30, 17)).exists()

    # Loss through cash flow is looked at; the double check is switched on, and proved.
    loss = {"losses": ["cash_flow"], "decision": "compensate", "amount": 30_000, "basis": "短期借入の利息"}
    job.do(cast.manager, "submit", "compensation", loss)
    assert "Compensation review" in todo(cast.manager2)
    job.do(cast.manager2, "approve", "compensation", {})
    measure = {"what": "全請求書の二重チェック", "scope": "procedure", "owner": cast.manager2.pk, "due": "2026-11-30"}
    job.do(cast.manager, "submit", "prevention", {"measures": [measure]})
    assert "Carry out the measure" in todo(cast.manager2)
    job.at = day(27)
    carried_out = job.incident.measures.get(place=0).pk
    measure_done(viewer=job.viewer(cast.manager2), pk=carried_out, evidence="11月分42件を照合")
    assert Measure.objects.get().done_at == day(27)
    assert job.incident.state == "aftercare"

    # Contact goes on for months, by itself.
    for promise in Promise.objects.open():
        number = "R-2026-0007" if promise.document else ""
        promise_keep(promise_id=promise.pk, evidence="お伝えした", document_number=number, by=cast.rep, at=day(27))
    seen = []
    while follow_up := Activity.objects.open().filter(kind="follow_up", who=cast.rep).first():
        assert follow_up.due is not None
        job.at = follow_up.due - timedelta(hours=2)
        wake(at=job.at)
        seen.append((job.at.date() - day(24).date()).days)
        job.do(cast.rep, "submit", "follow_up", {"how": "phone", "to": [cast.okamoto.pk], "reaction": "accepted"})
    assert seen == [3, 14, 30, 90]
    job.do(cast.manager, "submit", "effect_check", {"worked": True, "evidence": "3か月、もれ0件"})
    assert "Close the incident" in todo(cast.rep)
    job.do(cast.rep, "close", data={})
    assert job.incident.state == "closed"
    assert list(verify.problems()) == []


def test_unreported_work_speaks_up_in_time(cast: SimpleNamespace) -> None:
    job = Job(cast, day(20, 10))
    wake(at=day(20, 15))  # four business hours: the plan is due at 14:00
    plan = Activity.objects.get(source=f"incident:{job.number}:plan")
    assert plan.level == 1
    wake(at=day(24, 12))
    late = Activity.objects.get(source=f"incident:{job.number}:plan:late")
    assert (late.who, late.label, late.detail) == (cast.manager, "Action plan", "Past its due: please look after it")
    ahead = activities_of(job.viewer(cast.manager), job.incident.customer_id)
    assert [row.source for row in ahead if row.label == "Action plan"] == [plan.source]  # the customer's page: once


def test_a_boss_is_not_told_twice_of_the_boss_s_own_work(cast: SimpleNamespace) -> None:
    job = Job(cast, day(20, 10)).planned()
    wake(at=day(20, 10) + timedelta(days=30))
    own = Activity.objects.get(source=f"incident:{job.number}:prevention")
    assert own.who == cast.manager
    assert own.level > 1
    assert not Activity.objects.filter(source=f"{own.source}:late").exists()


def test_a_broken_promise_in_aftercare_resumes_the_incident(cast: SimpleNamespace) -> None:
    job = Job(cast, day(20, 10)).planned()
    for step in ("visit", "letter"):
        job.do(cast.rep, "submit", step)
    job.do(cast.branch, "approve", "letter", {})
    render_letters(at=job.at)
    job.do(cast.rep, "submit", "hand_over")
    job.do(cast.manager, "submit", "compensation")
    job.do(cast.manager2, "approve", "compensation", {})
    job.do(cast.manager, "submit", "prevention")
    assert job.incident.state == "aftercare"
    promise = Promise.objects.open().earliest("pk")
    promise_break(promise_id=promise.pk, reason="失念", by=cast.rep, at=day(24, 9))
    assert wake(at=day(24, 10))["resumed"] == 1
    assert job.incident.state == "open"
    assert wake(at=day(24, 11))["resumed"] == 0
