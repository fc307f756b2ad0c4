"""What the papers beside the steps refuse, each by itself: so that a guard taken away is noticed by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest

from customers.models import Promise
from incidents.leaves.base import leaf_end, leaf_of
from incidents.models import Leaf
from incidents.steps import Setting
from incidents.steps.letter import KIND as LETTER
from incidents.steps.letter import LetterPaper
from office.errors import Refused
from office.models import User
from tests.job import Job

pytestmark = pytest.mark.django_db
NOBODY, HUGE = 10**6, 2**70
FINAL = {"day": "2026-12-01", "consequence": "取り替えてほしい", "expects": "ご説明", "said_by_name": "工場長 堀"}


@pytest.fixture
def job(cast: SimpleNamespace, at: datetime) -> Job:
    """The plan is approved, the real wish is known, a visit is arranged for tomorrow."""
    job = Job(cast, at, next_contact="none").planned().wished()
    job.do(cast.rep, "start", "visit")
    return job


def refused(job: Job, user: User, command: str, data: dict[str, Any], code: str, field: str = "") -> None:
    with pytest.raises(Refused) as found:
        job.do(user, command, data=data)
    assert (found.value.code, found.value.field) == (code, field)


def leaf(sort: str) -> int:
    return Leaf.objects.filter(sort=sort).latest("pk").pk


class TestAbuse:
    BORNE: dict[str, Any] = {"happened_at": "2026-11-24T09:00:00+09:00", "sort": "words", "text": "個人へのお言葉"}

    def test_a_boss_does_not_tell_themselves(self, job: Job) -> None:
        manager = job.cast.manager
        refused(job, manager, "note_abuse", {**self.BORNE, "who": manager.pk}, "invalid", "who")

    def test_nobody_is_left_above(self, job: Job) -> None:
        above = ("manager", "manager2", "manager_b", "branch", "director")
        User.objects.filter(username__in=above).update(is_active=False)
        refused(job, job.cast.rep, "note_abuse", self.BORNE, "conflict")

    def test_who_was_told_of_another_record_does_not_answer_this_one(self, job: Job) -> None:
        cast = job.cast
        job.do(cast.rep, "note_abuse", data={**self.BORNE, "who": cast.branch.pk})
        others = leaf("abuse")
        job.do(cast.rep, "note_abuse", data=self.BORNE)
        refused(job, cast.manager, "answer_abuse", {"leaf": others, "text": "x"}, "not_found")


class TestAccompaniment:
    def test_only_a_boss_other_than_oneself_is_asked(self, job: Job) -> None:
        cast = job.cast
        for who in (cast.rep2.pk, cast.rep.pk, NOBODY):
            refused(job, cast.rep, "ask_accompaniment", {"who": who}, "invalid", "who")
        job.do(cast.manager, "assign", data={"owner": cast.manager.pk})
        refused(job, cast.manager, "ask_accompaniment", {"who": cast.manager.pk}, "invalid", "who")

    def test_who_wished_for_another_time_may_be_asked_again(self, job: Job) -> None:
        cast = job.cast
        job.do(cast.rep, "ask_accompaniment", data={"who": cast.manager.pk})
        no = {"request": leaf("accompany"), "answer": "another_time", "reason": "会議です"}
        job.do(cast.manager, "answer_accompaniment", data=no)
        job.do(cast.rep, "ask_accompaniment", data={"who": cast.manager.pk})

    def test_somebody_else_comes_in_the_bosss_place(self, job: Job) -> None:
        cast = job.cast
        job.do(cast.rep, "ask_accompaniment", data={"who": cast.manager.pk})
        instead = {"request": leaf("accompany"), "answer": "stand_in", "reason": "会議です"}
        for who in ({}, {"who": NOBODY}, {"who": cast.manager.pk}):
            refused(job, cast.manager, "answer_accompaniment", {**instead, **who}, "invalid", "who")


class TestAlternatives:
    SET: dict[str, Any] = {"options": [{"what": "交換", "kind": "replace", "cost": 1}]}

    def test_a_boss_who_is_there_looks_at_them(self, job: Job) -> None:
        refused(job, job.cast.rep, "prepare_alternatives", {**self.SET, "who": NOBODY}, "invalid", "who")
        User.objects.filter(pk=job.cast.manager.pk).update(is_active=False)
        refused(job, job.cast.rep, "prepare_alternatives", self.SET, "invalid", "who")

    def test_a_settled_set_is_not_settled_again(self, job: Job) -> None:
        cast = job.cast
        job.do(cast.rep, "prepare_alternatives", data=self.SET)
        settled = leaf("alternatives")
        job.do(cast.manager, "agree_alternatives")
        job.do(cast.rep, "prepare_alternatives", data=self.SET)
        refused(job, cast.manager, "agree_alternatives", {"leaf": settled}, "conflict")


def test_another_view_stands_by_itself_or_beside_an_advice(job: Job) -> None:
    job.do(job.cast.rep, "dissent", data={"text": "先にお電話を"})
    refused(job, job.cast.rep, "dissent", {"text": "先にお電話を", "advice": HUGE}, "not_found")


class TestFinalDate:
    def test_a_time_is_written_and_a_name_is_enough(self, job: Job) -> None:
        with pytest.raises(Refused):
            job.do(job.cast.rep, "set_final_date", data={**FINAL, "at_time": 3600})
        job.do(job.cast.rep, "set_final_date", data=FINAL)

    def test_it_moves_to_another_day_and_the_day_to_another_person(self, job: Job) -> None:
        cast = job.cast
        job.do(cast.rep, "set_final_date", data=FINAL)
        agreed = {"agreed_by_name": "工場長 堀", "agreed_on": "2026-11-24"}
        refused(job, cast.rep, "move_final_date", {"day": FINAL["day"], **agreed}, "invalid", "day")
        refused(job, cast.rep, "ask_absence", {"goes": cast.rep.pk, **agreed}, "invalid", "goes")

    def test_nobody_arrives_before_the_day(self, job: Job) -> None:
        job.do(job.cast.rep, "set_final_date", data=FINAL)
        refused(job, job.cast.rep, "arrive_on_day", {}, "conflict")
        job.at += timedelta(days=7)
        job.do(job.cast.rep, "arrive_on_day")


class TestMoney:
    def review(self, job: Job, **paper: Any) -> None:
        job.do(job.cast.manager, "submit", "compensation", {"basis": "合意", "losses": ["other"], **paper})

    def test_what_is_borne_by_us_waits_for_the_signature_under_a_compensation(self, job: Job) -> None:
        cast = job.cast
        agreement = {"text": "当社の負担", "amount": 200_000, "payer": "us", "by": "2026-12-01"}
        self.review(job, decision="compensate", amount=200_000)
        refused(job, cast.rep, "agreement", agreement, "incomplete", "amount")
        job.do(cast.manager2, "send_back", "compensation", {"text": "なし"})
        self.review(job, decision="none", amount=0)
        job.do(cast.manager2, "approve", "compensation", {})
        refused(job, cast.rep, "agreement", agreement, "incomplete", "amount")

    @pytest.mark.parametrize("lacking", ["what", "by"])
    def test_of_a_compensation_the_customer_hears_what_follows_and_when(self, job: Job, lacking: str) -> None:
        cast = job.cast
        self.review(job, decision="compensate", amount=10_000)
        job.do(cast.manager2, "approve", "compensation", {})
        paper = job.offers(cast.rep)["told_to_customer", ""]["schema"]["example"]
        del paper[lacking]
        refused(job, cast.rep, "told_to_customer", paper, "incomplete", lacking)

    def test_where_none_is_due_nothing_follows(self, job: Job) -> None:
        cast = job.cast
        self.review(job, decision="none", amount=0)
        job.do(cast.manager2, "approve", "compensation", {})
        told = {"told_on": "2026-11-24", "to": [cast.okamoto.pk]}
        job.do(cast.rep, "told_to_customer", data=told)


class TestOpinions:
    @pytest.fixture
    def two(self, job: Job) -> Callable[[str], tuple[int, int]]:
        """The rep and the deputy have asked one colleague each; the leaves of both."""
        cast = job.cast
        job.do(cast.rep, "ask_opinion", data={"text": "電話が先でしょうか", "who": [cast.rep_b.pk, cast.rep2.pk]})
        job.do(cast.rep2, "ask_opinion", data={"text": "書面が先でしょうか", "who": [cast.tech.pk, cast.rep.pk]})

        def of(sort: str) -> tuple[int, int]:
            first, second = Leaf.objects.filter(sort=sort).order_by("pk")
            return first.pk, second.pk

        return of

    def test_somebody_who_is_there_is_asked(self, job: Job) -> None:
        refused(job, job.cast.rep, "ask_opinion", {"text": "x", "who": [NOBODY]}, "invalid", "who")

    def test_only_who_was_asked_answers_and_only_once(self, job: Job, two: Any) -> None:
        cast, (mine, theirs) = job.cast, two("opinion")
        job.do(cast.rep2, "answer_opinion", data={"opinion": mine, "text": "はい"})
        refused(job, cast.rep2, "answer_opinion", {"opinion": mine, "text": "いいえ"}, "forbidden")
        refused(job, cast.rep, "answer_opinion", {"opinion": mine, "text": "自分で"}, "not_found")
        job.do(cast.rep, "answer_opinion", data={"opinion": theirs, "text": "はい"})

    def test_only_who_asked_shares_the_answer_and_takes_the_question_back(self, job: Job, two: Any) -> None:
        cast, (mine, theirs) = job.cast, two("opinion")
        job.do(cast.rep2, "answer_opinion", data={"opinion": mine, "text": "はい"})
        job.do(cast.rep, "answer_opinion", data={"opinion": theirs, "text": "はい"})
        to_me, to_them = two("answer")
        refused(job, cast.rep, "share_opinion", {"answer": to_them}, "not_found")
        refused(job, cast.rep, "withdraw_opinion", {"opinion": theirs}, "not_found")
        job.do(cast.rep, "share_opinion", data={"answer": to_me})
        refused(job, cast.rep, "share_opinion", {"answer": to_me}, "forbidden")
        job.do(cast.rep, "withdraw_opinion", data={"opinion": mine})

    def test_what_everybody_has_answered_is_not_taken_back(self, job: Job, two: Any) -> None:
        cast, (mine, _theirs) = job.cast, two("opinion")
        for user in (cast.rep2, cast.rep_b):
            job.do(user, "answer_opinion", data={"opinion": mine, "text": "はい"})
        job.do(cast.rep, "ask_opinion", data={"text": "もう一つ", "who": [cast.rep_b.pk]})
        with pytest.raises(Refused):
            job.do(cast.rep, "withdraw_opinion", data={"opinion": mine})


@pytest.mark.parametrize(
    ("card", "field"),
    [({"scene": "own", "answer": "x"}, "own_title"), ({"scene": "ended", "answer": "x", "who": NOBODY}, "cards")],
)
def test_a_card_of_the_rehearsal_says_what_it_is_about_and_who_speaks(
    job: Job, card: dict[str, Any], field: str
) -> None:
    refused(job, job.cast.rep, "rehearse", {"cards": [card]}, "invalid", field)


class TestSomebodyOfThisCustomer:
    def test_signs_a_residual_item_off(self, cast: SimpleNamespace, at: datetime) -> None:
        job = Job(cast, at, kind="defect", next_contact="none").planned()
        paper = job.offers(cast.rep)["submit", "repair_period"]["schema"]["example"]
        left = [{"what": "表示灯の調整", "due": f"{at + timedelta(days=9):%Y-%m-%d}"}]
        job.do(cast.rep, "submit", "repair_period", {**paper, "residuals": left})
        item = Promise.objects.open().get(what__contains="表示灯の調整").pk
        signed = {"promise": item, "signed_on": f"{at:%Y-%m-%d}", "signed_by_name": "工場長 堀"}
        stranger = cast.hokuriku.contacts.get().pk
        refused(job, cast.rep, "sign_off", {**signed, "signed_by": stranger}, "invalid", "signed_by")
        refused(job, cast.rep, "sign_off", {**signed, "promise": HUGE}, "invalid", "promise")
        job.do(cast.rep, "sign_off", data=signed)

    def test_speaks_of_a_risk(self, job: Job) -> None:
        said = {"sort": "suspension", "words": "取引を考え直す", "said_by_name": "工場長 堀"}
        stranger = job.cast.hokuriku.contacts.get().pk
        refused(job, job.cast.rep, "note_risk", {**said, "said_by": stranger}, "invalid", "said_by")
        job.do(job.cast.rep, "note_risk", data=said)


class TestALeaf:
    def test_is_found_by_its_readers_until_it_is_settled(self, job: Job) -> None:
        cast = job.cast
        job.do(cast.rep, "prepare_alternatives", data=TestAlternatives.SET)
        pk = leaf("alternatives")
        for who, number in ((cast.rep, NOBODY), (cast.rep, HUGE), (cast.tech, pk)):
            with pytest.raises(Refused) as found:
                leaf_of(Setting(job.incident, who, job.at), "alternatives", number)
            assert found.value.code == "not_found"
        read = leaf_of(Setting(job.incident, cast.rep, job.at), "alternatives", pk)
        leaf_end(read, "returned", job.at)
        with pytest.raises(Refused) as found:
            leaf_of(Setting(job.incident, cast.rep, job.at), "alternatives", pk)
        assert found.value.code == "conflict"


class TestOfTheWhole:
    def test_what_was_said_was_said_before(self, job: Job) -> None:
        said = {"text": "まだ返事がない", "said_by": "工場長 堀"}
        later = (job.at + timedelta(minutes=1)).isoformat()
        refused(job, job.cast.rep, "note", {**said, "heard_at": later}, "invalid", "heard_at")
        job.do(job.cast.rep, "note", data={**said, "heard_at": job.at.isoformat()})

    def test_there_is_such_a_kind(self, job: Job) -> None:
        refused(job, job.cast.rep, "change_kind", {"kind": "x"}, "invalid", "kind")

    def test_a_severity_is_lowered_with_a_reason(self, job: Job) -> None:
        refused(job, job.cast.manager, "set_severity", {"severity": "C"}, "incomplete", "text")
        job.do(job.cast.manager, "set_severity", data={"severity": "A"})

    def test_another_boss_is_another_one(self, job: Job) -> None:
        with pytest.raises(Refused, match="asked already"):
            job.do(job.cast.rep, "choose_boss", data={"boss": job.cast.manager.pk})


def test_an_inquiry_ends_in_days_to_come(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, next_contact="none")
    paper = job.offers(cast.rep)["submit", "plan"]["schema"]["example"]
    with pytest.raises(Refused) as found:
        job.do(cast.rep, "submit", "plan", {**paper, "inquiry_until": f"{at - timedelta(days=1):%Y-%m-%d}"})
    assert (found.value.code, found.value.field) == ("invalid", "inquiry_until")


def test_a_letter_bears_the_name_of_another_who_may_sign(job: Job) -> None:
    cast, paper = job.cast, LETTER.example(Setting(job.incident, job.cast.rep, job.at, 1))
    for changed in ({"signatory": NOBODY}, {"signatory": cast.rep2.pk}, {"signatory": cast.director.pk}):
        with pytest.raises(Refused) as found:
            LETTER.facts(LetterPaper.model_validate(paper | changed), Setting(job.incident, cast.rep, job.at, 1))
        assert (found.value.code, found.value.field) == ("incomplete", "signatory")
    assert LETTER.facts(LetterPaper.model_validate(paper), Setting(job.incident, cast.rep, job.at, 1))
