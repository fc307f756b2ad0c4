"""A letter says of the goods what order, delivery and machine say, and is held against them (words, section 7)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace

import pytest

from billing.services import Line, delivery_create, order_create
from customers.models import Appointment
from customers.services import AppointmentData, appointment_make
from incidents.letters import Letter, draft
from incidents.letterslots import slots_of
from incidents.steps import Setting
from incidents.steps.letter import LetterPaper, findings, known
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]
SCREW = Line(description="ボールねじ BS-2510", quantity=Decimal(4), unit="本", unit_price=Decimal(86_000))
NUT = replace(SCREW, description="ナット BN-25")


def deliver(cast: SimpleNamespace, at: datetime, number: str, *lines: Line, order: str = "") -> None:
    delivery_create(
        number=number, customer_id=cast.towa.pk, delivered_on=date(2026, 10, 14), lines=lines, order=order,
        by=cast.billing, at=at,
    )  # fmt: skip


def told(cast: SimpleNamespace, at: datetime, kind: str, numbers: str = "", machine: str = "") -> Setting:
    """An incident in which these numbers and this machine are named, as its letter is written."""
    job = Job(cast, at, kind=kind)
    if numbers:
        job.do(cast.rep, "name_references", data={"numbers": numbers})
    if machine:
        job.do(cast.rep, "name_machine", data={"machine": machine})
    return Setting(job.incident, cast.rep, at, 1)


def rows(letter: Letter) -> dict[str, str]:
    return {fact.label: fact.text for fact in letter.facts}


def faults(setting: Setting, letter: Letter) -> list[tuple[str, str, str | None]]:
    paper = LetterPaper(signatory=setting.actor.pk, letter=letter)
    found = (finding for finding in findings(paper, setting) if finding.code in ("number", "date"))
    return [(finding.field, finding.quote, finding.cure) for finding in found]


def test_a_defect_names_machine_and_delivery(cast: SimpleNamespace, at: datetime) -> None:
    deliver(cast, at, "D-1", SCREW, NUT)
    letter = draft(known(told(cast, at, "defect", "D-1", "SK-70-0012")))
    assert letter.title == "ボールねじ BS-2510ほか1点の不具合に関するお詫びとご報告"
    assert "10月14日に納入いたしましたボールねじ BS-2510ほか1点（製造番号SK-70-0012）に〔症状〕" in letter.paragraphs[0]
    assert rows(letter) == {
        "納入日": "10月14日", "製品名": "ボールねじ BS-2510ほか1点", "製造番号": "SK-70-0012", "発生日": "〔発生日〕",
    }  # fmt: skip


def test_only_the_line_that_was_named(cast: SimpleNamespace, at: datetime) -> None:
    deliver(cast, at, "D-1", SCREW, NUT)
    assert slots_of(told(cast, at, "defect", "D-1#2").incident, at.date())["製品名"] == "ナット BN-25"


def test_two_deliveries_leave_the_choice_to_a_person(cast: SimpleNamespace, at: datetime) -> None:
    for number in ("D-1", "D-2"):
        deliver(cast, at, number, SCREW)
    assert slots_of(told(cast, at, "defect", "D-1 D-2").incident, at.date()) == {}


def test_a_late_one_names_the_order(cast: SimpleNamespace, at: datetime) -> None:
    order_create(
        number="O-1", customer_id=cast.towa.pk, ordered_on=date(2026, 9, 1), promised_on=date(2026, 11, 4),
        lines=[SCREW], by=cast.billing, at=at,
    )  # fmt: skip
    letter = draft(known(told(cast, at, "late_delivery", "O-1")))
    assert letter.paragraphs[0].startswith("11月4日にお納めするお約束のボールねじ BS-2510につきまして")
    assert rows(letter) == {
        "ご注文番号": "O-1", "品名・数量": "ボールねじ BS-2510", "当初の納期": "11月4日",
        "新しい納期": "〔新しい納期〕",
    }  # fmt: skip


@pytest.mark.parametrize("sent", [replace(NUT, order_line=1), NUT])
def test_a_wrong_one_tells_what_was_ordered(cast: SimpleNamespace, at: datetime, sent: Line) -> None:
    order_create(
        number="O-1", customer_id=cast.towa.pk, ordered_on=date(2026, 9, 1), lines=[SCREW], by=cast.billing, at=at
    )  # fmt: skip
    deliver(cast, at, "D-1", sent, order="O-1")
    found = slots_of(told(cast, at, "wrong_delivery", "D-1").incident, at.date())
    assert (found["正しい品名"], found["誤った品名"]) == ("ボールねじ BS-2510", "ナット BN-25")
    assert (found["納品日"], found["納品書番号"], found["注文番号"]) == ("10月14日", "D-1", "O-1")


def test_what_agrees_says_nothing_of_a_wrong_one(cast: SimpleNamespace, at: datetime) -> None:
    order_create(
        number="O-1", customer_id=cast.towa.pk, ordered_on=date(2026, 9, 1), lines=[SCREW], by=cast.billing, at=at
    )  # fmt: skip
    deliver(cast, at, "D-1", replace(SCREW, order_line=1, description="ボールねじ　ＢＳ-2510"), order="O-1")
    assert "誤った品名" not in slots_of(told(cast, at, "wrong_delivery", "D-1").incident, at.date())


def appointment(cast: SimpleNamespace, at: datetime, starts: datetime, key: str) -> Appointment:
    data = AppointmentData(
        title="増設のご提案", starts=starts, ends=starts + timedelta(hours=1), customer_id=cast.towa.pk, kind="visit"
    )
    return appointment_make(who=cast.rep, data=data, by=cast.rep, at=at - timedelta(days=9), key=key)


def test_a_missed_appointment_tells_its_hour(cast: SimpleNamespace, at: datetime) -> None:
    made = appointment(cast, at, at - timedelta(days=1), "one")
    setting = told(cast, at, "missed_appointment")
    hour = slots_of(setting.incident, at.date())["日時"]
    assert draft(known(setting)).paragraphs[0].startswith(f"{hour}にお時間を頂戴しながら")
    come = made.starts + timedelta(minutes=24, seconds=1)  # somebody came after all, but late
    Appointment.objects.filter(pk=made.pk).update(arrived_at=come)
    late = draft(known(setting)).paragraphs[0]
    assert late.startswith(f"{hour}のお約束に25分遅れ、皆様をお待たせいたしましたことを、深くお詫び申し上げます。")
    Appointment.objects.filter(pk=made.pk).update(arrived_at=made.starts)
    assert "日時" not in slots_of(setting.incident, at.date())


def test_of_two_missed_ones_a_person_says_which(cast: SimpleNamespace, at: datetime) -> None:
    for days in (1, 2):
        appointment(cast, at, at - timedelta(days=days), str(days))
    assert "日時" not in slots_of(told(cast, at, "missed_appointment").incident, at.date())


def test_another_number_or_day_than_the_record_s_is_found(cast: SimpleNamespace, at: datetime) -> None:
    deliver(cast, at, "D-1", SCREW)
    setting = told(cast, at, "defect", "D-1", "SK-70-0012")
    letter = draft(known(setting))
    assert faults(setting, letter) == []
    places = {fact.label: f"facts.{place}.text" for place, fact in enumerate(letter.facts)}
    typed = letter.with_text(places["製造番号"], "SK-70-0021").with_text(places["納入日"], "令和8年10月15日")
    typed = typed.with_text(places["製品名"], "ボールねじ一式")  # in other words: no fault
    assert set(faults(setting, typed)) == {
        (places["製造番号"], "SK-70-0021", "SK-70-0012"), (places["納入日"], "令和8年10月15日", "10月14日"),
    }  # fmt: skip
    assert faults(setting, letter.with_text(places["納入日"], "令和8年10月14日")) == []


def test_a_final_date_names_who_goes(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, kind="defect")
    day = at.date() + timedelta(days=10)
    said = {
        "day": day.isoformat(),
        "consequence": "機械を取り替えてほしい",
        "expects": "ご説明",
        "said_by_name": "岡本様",
    }
    job.do(cast.rep, "set_final_date", data=said)
    found = known(Setting(job.incident, cast.rep, at, 1))
    assert found.final_on == day
    assert found.final_by.endswith(cast.rep.full_name.replace(" ", ""))


def test_a_machine_that_failed_before_is_counted_not_the_others(cast: SimpleNamespace, at: datetime) -> None:
    for days, machine in ((90, "SK-70-0012"), (60, "SK-70-0013"), (30, "ＳＫ７０－００１２"), (0, "SK-70-0012")):
        setting = told(cast, at - timedelta(days=days), "defect", machine=machine)
    days_before = [at.date() - timedelta(days=days) for days in (90, 30)]
    assert known(setting).earlier == tuple(days_before)
