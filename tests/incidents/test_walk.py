"""The whole job through the services, by `actions` alone and by hand."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from types import SimpleNamespace

import pytest

from customers.models import Activity, CareHold, Promise
from customers.services import promise_keep
from incidents import store, verify
from incidents.forms.endings import MergeForm
from incidents.models import Entry, Incident, IssuedLetter, Submission
from incidents.selectors import incident_get, incidents_visible, is_visible
from incidents.services import FirstReport, checkpoint, incident_open, opened, render_letters, wake
from incidents.steps import Setting
from incidents.turn import Order
from office.clock import JST
from office.errors import Refused
from office.models import Outbox
from office.services import outbox_send
from office.viewer import viewer_for
from tests.cast import PEOPLE
from tests.job import Job
from tests.proof.owner import put_guards_aside

pytestmark = pytest.mark.django_db
LESSON = "まず最後まで伺い、それからお答えする"


def keep_a_promise(job: Job) -> bool:
    promise = Promise.objects.open().first()
    if promise:
        promise_keep(promise_id=promise.pk, evidence="電話でお伝えした", by=job.cast.rep, at=job.at)
    return promise is not None


def state(job: Job, step: str) -> str:
    return str(job.incident.case["steps"][step].get("state", "waiting"))


def test_one_tap_opens_tells_the_boss_and_promises(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    assert state(job, "report") == "done"
    notice = Activity.objects.get(source=f"incident:{job.number}:read")
    assert (notice.who, notice.state) == (cast.manager, "open")
    assert Outbox.objects.get().to == cast.manager
    assert Promise.objects.get().answer_by.hour == 8  # 17:30 in Japan
    assert CareHold.objects.filter(customer=cast.towa).exists()


def test_today_lasts_until_midnight(cast: SimpleNamespace, at: datetime) -> None:
    late = at.astimezone(JST).replace(hour=23, minute=59, second=10)
    number = Job(cast, late, next_contact="today").number
    assert Promise.objects.get(number=number).answer_by == datetime.combine(late, time.max, JST)


def test_the_same_key_makes_one_incident(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, key="first")
    again = FirstReport(customer_id=cast.towa.pk, data={"summary": "もう一度"}, key="first")
    incident, fresh = incident_open(viewer=job.viewer(cast.rep), report=again)
    assert (incident.number, fresh) == (job.number, False)


def test_told_by_phone_sends_no_mail(cast: SimpleNamespace, at: datetime) -> None:
    Job(cast, at, by_mouth=True)
    assert not Outbox.objects.exists()


def test_anybody_reports_for_any_customer_and_both_are_named(cast: SimpleNamespace, at: datetime) -> None:
    first = FirstReport(customer_id=cast.towa.pk, data={"summary": "電話を受けた"}, key="other")
    incident, _ = incident_open(viewer=viewer_for(cast.rep_b, at), report=first)
    assert (incident.owner, incident.created_by) == (cast.rep, cast.rep_b)
    with pytest.raises(Refused, match="Nothing was found"):
        incident_get(viewer_for(cast.rep_b, at), incident.number)


def test_the_rep_sees_when_the_boss_opened_it(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    opened(viewer=job.viewer(cast.manager), incident=job.incident)
    assert job.incident.opened_by.get().user == cast.manager
    assert Activity.objects.get(source=f"incident:{job.number}:read").state == "done"


def test_a_retried_command_is_answered_from_its_entry(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    job.do(cast.rep, "submit", "first_apology", key="same")
    again = job.do(cast.rep, "submit", "first_apology", {}, key="same")
    assert not again.fresh
    assert Entry.objects.filter(key="same").count() == 1


def test_the_loser_hears_who_was_first(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    job.do(cast.rep, "submit", "plan")
    job.do(cast.manager, "approve", "plan", {})
    with pytest.raises(Refused) as caught:
        job.do(cast.manager2, "approve", "plan", {})
    assert caught.value.code == "conflict"
    assert caught.value.facts["who"] == "佐藤課長"


@pytest.mark.parametrize(("end", "measures"), [("withdraw", "open"), ("void", "dropped")])
def test_nobody_waits_for_what_was_withdrawn(cast: SimpleNamespace, at: datetime, end: str, measures: str) -> None:
    job = Job(cast, at).planned()
    job.do(cast.manager, "submit", "prevention")
    job.do(cast.manager, end)
    promise = Promise.objects.get()
    assert (promise.state, promise.ended_by) == ("released", cast.manager)
    assert Activity.objects.get(source=f"promise:{promise.pk}").state == "dropped"
    assert Activity.objects.get(source=f"measure:{job.number}:0").state == measures
    job.do(cast.manager, "resume")
    assert Activity.objects.get(source=f"measure:{job.number}:0").state == "open"
    assert list(verify.problems()) == []


def test_a_merged_incident_gives_its_promises_to_the_other(cast: SimpleNamespace, at: datetime) -> None:
    job, other = Job(cast, at).planned(), Job(cast, at, kind="untriaged", next_contact="none")
    job.do(cast.rep, "merge", data={"number": other.number})
    promise = Promise.objects.get()
    assert (promise.number, promise.state) == (other.number, "open")
    assert Activity.objects.get(source=f"promise:{promise.pk}").number == other.number
    assert job.incident.state == "merged"
    assert not Activity.objects.filter(number=job.number, state="open").exclude(source__endswith=":read").exists()
    assert CareHold.objects.count() == 1
    with pytest.raises(Refused, match="The incident is"):
        job.do(cast.manager, "resume", data={"text": "やはり別の件"})
    assert list(verify.problems()) == []


def test_a_final_date_is_lost_in_no_merger(cast: SimpleNamespace, at: datetime) -> None:
    job, other = Job(cast, at).planned(), Job(cast, at, kind="untriaged", next_contact="none")
    job.do(cast.rep, "set_final_date")
    with pytest.raises(Refused, match="merge the other incident into this one") as refused:
        job.do(cast.rep, "merge", data={"number": other.number})
    assert refused.value.code == "conflict"
    other.do(cast.rep, "merge", data={"number": job.number})
    assert (job.incident.state, other.incident.state) == ("open", "merged")
    assert job.incident.case["known"]["final_date"]


@pytest.mark.parametrize("number", ["2026-9999", "own", "foreign"])
def test_one_merges_only_into_another_living_incident_of_the_customer(
    cast: SimpleNamespace, at: datetime, number: str
) -> None:
    job = Job(cast, at)
    report = FirstReport(customer_id=cast.hokuriku.pk, data={"summary": "別のお客様"}, key="f")
    foreign = incident_open(viewer=viewer_for(cast.rep_b, at), report=report)[0].number
    named = {"own": job.number, "foreign": foreign}.get(number, number)
    assert ("merge", "") not in job.offers(cast.rep)
    with pytest.raises(Refused, match="another incident of this customer"):
        job.do(cast.rep, "merge", data={"number": named})


def test_who_may_not_see_the_other_incident_neither_finds_it_nor_merges_into_it(
    cast: SimpleNamespace, at: datetime
) -> None:
    job, other = Job(cast, at), Job(cast, at, summary="ほかの課の件")
    Incident.objects.filter(number=other.number).update(
        owner=cast.rep_b, deputy=None, team=cast.team_b, told_to=cast.manager_b
    )
    assert ("merge", "") not in job.offers(cast.rep)
    assert "ほかの課の件" not in str(MergeForm(setting=Setting(job.incident, cast.rep, at)))
    with pytest.raises(Refused, match="another incident of this customer"):
        job.do(cast.rep, "merge", data={"number": other.number})
    assert ("merge", "") in job.offers(cast.branch)


def test_at_rest_nobody_is_reminded_until_the_day_to_look_again(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned()
    day = (at + timedelta(days=60)).date()
    job.do(
        cast.manager,
        "rest",
        data={"until": day.isoformat(), "text": "しばらくそっとしてほしいとのお話", "lesson": LESSON},
    )
    wake(at=at + timedelta(days=30))
    again = Activity.objects.get(number=job.number, state="open", source__endswith="look_again")
    assert (again.who, again.due and again.due.date()) == (cast.rep, day)
    assert CareHold.objects.exists()
    with pytest.raises(Refused, match="past"):
        job.do(cast.manager, "rest", data={"until": at.date().isoformat(), "text": "x", "lesson": LESSON})
    job.do(cast.manager, "resume")
    assert job.incident.state == "open"
    assert not Activity.objects.filter(source__endswith="look_again", state="open").exists()


def test_a_foreign_incident_is_as_one_that_never_was(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    with pytest.raises(Refused) as foreign:
        store.execute(viewer=job.viewer(cast.rep_b), number=job.number, order=Order("note", "k", data={"text": "x"}))
    with pytest.raises(Refused) as never:
        store.execute(viewer=job.viewer(cast.rep_b), number="2026-9999", order=Order("note", "k", data={"text": "x"}))
    assert str(foreign.value) == str(never.value)


def test_a_refused_command_leaves_nothing_behind(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    before = (Entry.objects.count(), Submission.objects.count(), job.incident.head_hash)
    with pytest.raises(Refused):
        job.do(cast.rep, "submit", "plan", {"fault": "ours"})
    assert (Entry.objects.count(), Submission.objects.count(), job.incident.head_hash) == before


def test_word_of_mouth_puts_the_confirmation_on_the_bosss_list(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    job.do(cast.rep, "submit", "plan")
    job.do(cast.rep, "agreed_by_mouth", "plan", {"text": "10:20 電話で佐藤課長の了承"})
    confirm = Activity.objects.get(kind="approval", state="open")
    assert (confirm.who, confirm.label) == (cast.manager, "Confirm what was agreed by word of mouth")
    job.do(cast.manager, "confirm", "plan", {})
    assert not Activity.objects.filter(kind="approval", state="open").exists()


def test_a_stand_in_may_take_what_was_asked_of_the_boss(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    job.do(cast.rep, "submit", "plan")
    job.do(cast.manager2, "approve", "plan", {})
    assert state(job, "plan") == "done"


def test_an_arranged_visit_stands_on_today_with_its_time(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned()
    starts = at + timedelta(days=1)
    job.do(cast.rep, "start", "visit", {"starts": starts.isoformat(), "attendees": [cast.rep.pk]})
    visit = Activity.objects.get(kind="visit")
    assert (visit.starts, visit.who) == (starts, cast.rep)


def test_no_arrival_is_told_ten_minutes_after_the_start(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned()
    starts = at + timedelta(minutes=30)
    job.do(cast.rep, "start", "visit", {"starts": starts.isoformat()})
    wake(at=starts + timedelta(minutes=9))
    assert job.incident.case["steps"]["visit"].get("level", 0) == 0
    wake(at=starts + timedelta(minutes=11))
    assert job.incident.case["steps"]["visit"]["level"] == 1


def test_the_letter_is_numbered_printed_once_and_frozen(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned()
    job.do(cast.rep, "submit", "letter")
    assert ("submit", "hand_over") not in job.offers(cast.rep)
    job.do(cast.branch, "approve", "letter", {})
    assert ("submit", "hand_over") not in job.offers(cast.rep)  # not yet in print
    assert render_letters(at=at) == {"letters": 1}
    assert render_letters(at=at) == {"letters": 0}
    letter = IssuedLetter.objects.select_related("file").get()
    assert letter.number == "営発2026-0001"
    assert letter.file is not None
    assert bytes(letter.file.data).startswith(b"%PDF")
    job.do(cast.rep, "submit", "hand_over")
    letter.refresh_from_db()
    assert letter.handed_over_at == at


def test_a_corrected_letter_names_the_old_one(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned()
    job.do(cast.rep, "submit", "letter")
    job.do(cast.branch, "approve", "letter", {})
    job.do(cast.manager, "reopen", "letter", {"text": "訪問日が変わった"})
    job.do(cast.rep, "submit", "letter")
    job.do(cast.branch, "approve", "letter", {})
    old, new = IssuedLetter.objects.order_by("pk")
    assert new.replaces == old


def test_the_whole_job_by_actions_alone(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at, kind="untriaged")
    job.do(cast.manager, "change_kind", data={"kind": "missed_invoice"})
    people = [cast.rep, cast.manager, cast.manager2, cast.branch, cast.director]
    while job.forward(*people) or keep_a_promise(job):
        pass
    assert job.incident.state == "closed"
    assert not Activity.objects.filter(number=job.number, state="open", source__startswith="incident:").exists()
    assert not CareHold.objects.filter(customer=cast.towa).exists()
    assert list(verify.problems()) == []


def test_follow_ups_appear_by_themselves_for_months(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned()
    job.do(cast.rep, "submit", "visit")
    dues = []
    for _ in range(4):
        activity = Activity.objects.get(kind="follow_up", state="open")
        assert activity.due is not None
        dues.append((activity.due - at).days)
        job.at = activity.due
        job.do(cast.rep, "submit", "follow_up")
    assert dues == [3, 14, 30, 90]


def test_an_uncalled_follow_up_reaches_deputy_and_boss(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned()
    job.do(cast.rep, "submit", "visit")
    activity = Activity.objects.get(kind="follow_up", state="open")
    assert activity.due is not None
    wake(at=activity.due + timedelta(days=4))
    activity.refresh_from_db()
    assert activity.level >= 1
    assert activity.deputy == cast.rep2


def test_the_day_is_chained_and_verified(cast: SimpleNamespace, at: datetime) -> None:
    Job(cast, at).planned()
    assert checkpoint(at=at + timedelta(days=2)) == {"checkpoints": 2}
    assert checkpoint(at=at + timedelta(days=2)) == {"checkpoints": 0}
    assert list(verify.problems()) == []


def test_a_changed_projection_is_found(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned()
    case = job.incident.case
    case["state"] = "closed"
    Incident.objects.filter(number=job.number).update(case=case)
    assert next(verify.problems()) == f"incident {job.number}: the projection differs from its entries"


def test_a_changed_paper_is_found(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at).planned()
    put_guards_aside()
    Submission.objects.filter(step="plan").update(text="{}")
    assert f"incident {job.number} plan submission 1: the text was changed" in verify.problems()


def test_another_boss_is_a_route_and_may_read(cast: SimpleNamespace, at: datetime) -> None:
    first = FirstReport(customer_id=cast.towa.pk, data={"summary": "相談"}, told_to_id=cast.manager_b.pk, key="b")
    incident, _ = incident_open(viewer=viewer_for(cast.rep, at), report=first)
    assert incident_get(viewer_for(cast.manager_b, at), incident.number) == incident


def test_a_mail_is_dropped_when_its_receiver_may_no_longer_read(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    Incident.objects.filter(number=job.number).update(told_to=None)
    cast.manager.team = cast.team_b
    cast.manager.save()
    outbox_send(at=at)
    assert Outbox.objects.get().state == "dropped"


def test_an_incident_that_breaks_does_not_silence_the_others(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    Incident.objects.filter(number=job.number).update(version=99, case={**job.incident.case, "version": 99})
    other = FirstReport(customer_id=cast.towa.pk, data={"summary": "別件"}, kind="missed_invoice", key="other")
    incident_open(viewer=job.viewer(cast.rep), report=other)
    assert wake(at=at + timedelta(days=2))["alarms"] > 0


def test_a_row_that_was_read_is_seen_by_whom_the_list_shows_it(cast: SimpleNamespace, at: datetime) -> None:
    job = Job(cast, at)
    incident = job.incident
    for person in (getattr(cast, name) for name in PEOPLE):
        viewer = viewer_for(person, at)
        assert is_visible(viewer, incident) == incidents_visible(viewer).filter(pk=incident.pk).exists(), person
