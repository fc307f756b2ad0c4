"""温度差: theirs as read, ours as counted, the curve by stage, and the next touch (practice 1-01)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from pytest_django.fixtures import DjangoAssertNumQueries

from billing.models import Delivery, Order
from billing.services import invoice_create
from customers.models import Activity, Call, Promise, Reading
from customers.policy import TEMPERATURE_DAYS, TEMPERATURE_GAP
from customers.services import (
    ActivityRow,
    AppointmentData,
    NewPromise,
    activities_put,
    appointment_arrive,
    appointment_make,
    call_record,
    promise_chase,
    promise_keep,
    promise_make,
    reading_note,
)
from desk.curve import temperature_plot
from desk.gaps import temperature_sweep
from desk.stages import spans_of, stage_on
from desk.temperature import Temperature, temperature_of
from office.errors import Refused
from office.models import User
from office.services import policy_set, token_create
from office.viewer import viewer_for
from tests.billing.paperwork import issue
from tests.job import Job

pytestmark = [pytest.mark.django_db, pytest.mark.both]
DAY = timedelta(days=1)
ClientFor = Callable[..., Client]


@pytest.fixture
def read(cast: SimpleNamespace, at: datetime) -> Callable[..., Reading]:
    def note(heat: int, ago: int = 0, customer: Any = None) -> Reading:
        key = f"{heat}:{ago}:{Reading.objects.count()}"
        firm = customer or cast.towa
        return reading_note(
            customer=firm, heat=heat, words="毎朝、稼働の様子を尋ねられる", key=key, by=cast.rep, at=at - ago * DAY
        )[0]

    return note


def reached(cast: SimpleNamespace, at: datetime, outcome: str = "reached") -> None:
    call_record(customer_id=cast.towa.pk, outcome=outcome, by=cast.rep, at=at, key=f"{at}{outcome}")


def stands(cast: SimpleNamespace, at: datetime, user: User | None = None) -> Temperature:
    found = temperature_of(viewer_for(user or cast.rep, at), cast.towa)
    assert found is not None
    return found


def told() -> list[Activity]:
    return list(Activity.objects.open().filter(source__startswith="temperature:"))


@pytest.mark.parametrize("heat", [0, 6, -1])
def test_a_heat_is_one_to_five(cast: SimpleNamespace, read: Callable[..., Reading], heat: int) -> None:
    with pytest.raises(Refused, match="1 to 5") as refused:
        read(heat)
    assert (refused.value.code, refused.value.field) == ("invalid", "heat")


def test_a_reading_says_what_shows_it_and_is_noted_once(cast: SimpleNamespace, at: datetime) -> None:
    facts: dict[str, Any] = {"customer": cast.towa, "heat": 4, "key": "k", "by": cast.rep, "at": at}
    with pytest.raises(Refused) as refused:
        reading_note(words="  ", **facts)
    assert (refused.value.code, refused.value.field) == ("incomplete", "words")
    first = reading_note(words="毎日お電話がある", **facts)
    assert reading_note(words="別の言葉", **facts) == (first[0], False)


def test_before_anybody_has_read_theirs_there_is_no_curve(
    cast: SimpleNamespace, at: datetime, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    viewer = viewer_for(cast.rep, at)
    with django_assert_num_queries(1):
        assert temperature_of(viewer, cast.towa) is None


def test_ours_is_counted_from_facts(cast: SimpleNamespace, at: datetime, read: Callable[..., Reading]) -> None:
    read(5)
    assert stands(cast, at).now.ours == 1
    reached(cast, at - 2 * DAY)
    reached(cast, at - 2 * DAY, "absent")
    assert stands(cast, at).now.ours == 2, "who was not there was not reached"
    data = AppointmentData(title="ご訪問", starts=at - DAY, ends=at - DAY / 2, customer_id=cast.towa.pk)
    visit = appointment_make(who=cast.rep, data=data, by=cast.rep, at=at - 3 * DAY)
    appointment_arrive(pk=visit.pk, by=cast.rep, at=at - DAY)
    assert (stands(cast, at).now.ours, stands(cast, at).now.gap) == (4, 1)
    assert stands(cast, at + 20 * DAY).now.ours == 1, "what was done long ago keeps nobody warm"


def test_promises_count_both_ways(cast: SimpleNamespace, at: datetime, read: Callable[..., Reading]) -> None:
    read(3)
    reached(cast, at - DAY)
    new = NewPromise(source="p", what="お見積り", answer_by=at + DAY)
    promise = promise_make(customer=cast.towa, new=new, by=cast.rep, at=at)
    assert stands(cast, at).now.ours == 2
    promise_chase(promise_id=promise.pk, key="c", by=cast.rep, at=at)
    assert stands(cast, at).now.ours == 1, "they had to ask again"
    late = at + 2 * DAY
    reached(cast, late)
    assert stands(cast, late).now.ours == 1, "asked again, and past its day"
    promise_keep(promise_id=promise.pk, evidence="お渡しした", by=cast.rep, at=late)
    assert stands(cast, late).now.ours == 3


def test_an_incidents_visit_counts_once_however_many_went(cast: SimpleNamespace, at: datetime) -> None:
    ended: dict[str, Any] = {"label": "Visit", "customer_id": cast.towa.pk, "state": "done", "done_at": at - DAY}
    rows = [
        ActivityRow(source=f"incident:1:{name}", kind=kind, who_id=cast.rep.pk, **ended)
        for name, kind in {
            "visit": "visit", "visit:goes:9": "visit", "accompany:1": "visit", "first_apology": "step", "plan": "step",
        }.items()
    ]  # fmt: skip
    activities_put(rows, at=at - DAY)
    reading_note(customer=cast.towa, heat=4, words="x", key="k", by=cast.rep, at=at)
    assert stands(cast, at).now.ours == 4, "one visit and the apology by telephone"


def test_a_reading_is_in_force_for_a_while(cast: SimpleNamespace, at: datetime, read: Callable[..., Reading]) -> None:
    read(4, ago=60)
    found = stands(cast, at)
    assert (found.now.theirs, found.now.gap, found.touch) == (None, None, None)
    assert {point.theirs for point in found.points} == {None, 4}


def test_the_stage_is_read_from_what_happened(cast: SimpleNamespace, at: datetime) -> None:
    today = date(2026, 11, 24)
    facts: dict[str, Any] = {"customer": cast.towa, "created_at": at}
    order = Order.objects.create(number="O-1", ordered_on=today - 80 * DAY, promised_on=today, **facts)
    Delivery.objects.create(number="D-1", order=order, delivered_on=today - 3 * DAY, **facts)
    spans = spans_of(viewer_for(cast.rep, at), cast.towa.pk, today - 100 * DAY)
    days = (-90, -75, -40, -8, 0, 20)
    assert [stage_on(spans, today + n * DAY) for n in days] == [
        "usual", "order", "waiting", "delivery", "delivery", "usual",
    ]  # fmt: skip


def test_a_payment_counts_from_its_day_and_a_cancelled_order_not_at_all(cast: SimpleNamespace, at: datetime) -> None:
    made = invoice_create(customer_id=cast.towa.pk, subject="平歯車", net=100_000, tax=10_000, by=cast.billing, at=at)
    due = issue(cast, made, at).instalments.get().due_on
    facts: dict[str, Any] = {"customer": cast.towa, "created_at": at, "ordered_on": due - 40 * DAY}
    Order.objects.create(number="O-1", state="cancelled", **facts)
    later = datetime(due.year, due.month, due.day, 10, tzinfo=at.tzinfo) + 10 * DAY
    spans = spans_of(viewer_for(cast.rep, later), cast.towa.pk, due - 60 * DAY)
    assert [stage_on(spans, due + n * DAY) for n in (-38, -1, 0, 7, 8)] == [
        "usual", "usual", "payment", "payment", "usual",
    ]  # fmt: skip


def test_an_order_nothing_was_delivered_of_is_waited_for(cast: SimpleNamespace, at: datetime) -> None:
    today = date(2026, 11, 24)
    Order.objects.create(number="O-1", customer=cast.towa, ordered_on=today - 40 * DAY, created_at=at)
    spans = spans_of(viewer_for(cast.rep, at), cast.towa.pk, today)
    assert (stage_on(spans, today), stage_on(spans, today - 30 * DAY)) == ("waiting", "order")


def test_an_incident_is_the_stage_for_those_who_see_it(cast: SimpleNamespace, at: datetime) -> None:
    Job(cast, at)
    cast.towa.deputy = cast.rep_b
    cast.towa.save()
    for user, stage in ((cast.rep, "trouble"), (cast.director, "trouble"), (cast.rep_b, "usual")):
        spans = spans_of(viewer_for(user, at), cast.towa.pk, date(2026, 11, 24))
        assert stage_on(spans, date(2026, 11, 24)) == stage


def test_the_phases_stand_beside_the_curve(
    cast: SimpleNamespace, at: datetime, read: Callable[..., Reading], django_assert_max_num_queries: Any
) -> None:
    Order.objects.create(number="O-1", customer=cast.towa, ordered_on=date(2026, 10, 1), created_at=at)
    read(2, ago=50)
    reached(cast, at - 50 * DAY)
    read(5)
    found = stands(cast, at)
    assert [(row.stage, row.theirs, row.ours) for row in found.phases][:2] == [("waiting", 5, 1), ("order", 2, 2)]
    assert found.points[-1].day == date(2026, 11, 24)
    with django_assert_max_num_queries(14):
        stands(cast, at)


def test_the_curve_is_drawn_with_its_gap(cast: SimpleNamespace, at: datetime, read: Callable[..., Reading]) -> None:
    read(2)
    assert 'class="gap"' not in temperature_plot(stands(cast, at))
    read(5)
    drawn = temperature_plot(stands(cast, at))
    assert drawn.count('class="gap"') == 1
    assert ">お客様<" in drawn
    assert ">当社の動き<" in drawn
    assert "style=" not in drawn


def test_the_next_touch_is_proposed_from_a_gap_of_two(
    cast: SimpleNamespace, at: datetime, read: Callable[..., Reading]
) -> None:
    read(2)
    assert stands(cast, at).touch is None
    read(3)
    touch = stands(cast, at).touch
    assert touch is not None
    assert (touch.words, touch.link) == ("ご様子伺いのお電話をしましょう。", f"/customers/{cast.towa.pk}/calls/new/")
    policy_set(key=TEMPERATURE_GAP, value=3, by=cast.director, at=at)
    assert stands(cast, at).touch is None


def test_the_touch_fits_what_is_owed_then_what_is_planned_then_the_stage(
    cast: SimpleNamespace, at: datetime, read: Callable[..., Reading]
) -> None:
    read(5)
    Order.objects.create(number="O-1", customer=cast.towa, ordered_on=date(2026, 10, 1), created_at=at)

    def words() -> str:
        touch = stands(cast, at).touch
        assert touch is not None
        return touch.words

    assert words() == "ご注文の品の進み具合をお伝えしましょう。"
    row = ActivityRow(source="v", kind="visit", label="Visit", who_id=cast.rep.pk, customer_id=cast.towa.pk,
                      starts=at + 5 * DAY, link="/x/")  # fmt: skip
    activities_put([row], at=at)
    assert words().startswith("予定があります: ")
    promise_make(
        customer=cast.towa,
        new=NewPromise(source="p", what="お見積り", answer_by=at - DAY),
        by=cast.rep,
        at=at - 2 * DAY,
    )
    assert words() == "まず、期日を過ぎたお約束から: お見積り"


def test_the_owner_finds_it_on_today_until_somebody_spoke_with_them(
    cast: SimpleNamespace, at: datetime, read: Callable[..., Reading]
) -> None:
    read(4)
    assert (temperature_sweep(at=at), temperature_sweep(at=at)) == (1, 0)
    (row,) = told()
    assert (row.who, row.kind, row.link) == (cast.rep, "notice", f"/customers/{cast.towa.pk}/#temperature")
    assert row.detail == "温度差3。ご様子伺いのお電話をしましょう。"
    reached(cast, at)
    temperature_sweep(at=at)
    assert told() == [], "spoken with today, nobody is asked again at once"
    assert temperature_sweep(at=at + 4 * DAY) == 1, "and asked anew while the gap stands"


def test_the_row_tells_nobody_of_an_incident_they_may_not_open(
    cast: SimpleNamespace, at: datetime, read: Callable[..., Reading]
) -> None:
    """Whoever sees the customer sees the row; the words about the incident stand on the page, for those who may."""
    job = Job(cast, at, next_contact="none")
    read(5)
    temperature_sweep(at=at)
    (row,) = told()
    assert row.detail == "温度差4。次の一手はお客様のページをご覧ください。"
    assert (row.number, job.number in row.detail) == ("", False)
    touch = stands(cast, at).touch
    assert touch is not None
    assert touch.words == "途中の経過をお電話でお伝えしましょう。"


def test_a_gap_that_closed_asks_nobody(cast: SimpleNamespace, at: datetime, read: Callable[..., Reading]) -> None:
    read(4)
    temperature_sweep(at=at)
    read(1)
    assert temperature_sweep(at=at + DAY) == 0
    assert told() == []
    read(5)
    assert temperature_sweep(at=at + DAY) == 1, "a new reading opens it anew"


def test_what_is_planned_soon_or_owed_stands_on_the_list_already(
    cast: SimpleNamespace, at: datetime, read: Callable[..., Reading]
) -> None:
    read(5)
    row = ActivityRow(source="v", kind="visit", label="Visit", who_id=cast.rep.pk, customer_id=cast.towa.pk,
                      starts=at + 2 * DAY, link="/x/")  # fmt: skip
    activities_put([row], at=at)
    assert temperature_sweep(at=at) == 0
    Activity.objects.filter(source="v").update(state="dropped", done_at=at)
    promise = NewPromise(source="p", what="お見積り", answer_by=at - DAY)
    promise_make(customer=cast.towa, new=promise, by=cast.rep, at=at - 2 * DAY)
    assert temperature_sweep(at=at) == 0
    Promise.objects.all().delete()
    assert temperature_sweep(at=at) == 1


def test_nobody_is_asked_without_a_reading_in_force(
    cast: SimpleNamespace, at: datetime, read: Callable[..., Reading], django_assert_max_num_queries: Any
) -> None:
    read(5, ago=60)
    policy_set(key=TEMPERATURE_DAYS, value=7, by=cast.director, at=at)
    with django_assert_max_num_queries(9):
        assert temperature_sweep(at=at) == 0


def test_the_page_shows_curve_words_and_proposal(
    cast: SimpleNamespace, read: Callable[..., Reading], client_for: ClientFor
) -> None:
    client, address = client_for(cast.rep), f"/customers/{cast.towa.pk}/"
    assert "お客様の温度を記録すると" in client.get(address).content.decode()
    answer = client.post(
        f"{address}temperature/new/", {"heat": "4", "words": "社長が毎日ご覧になる", "idempotency": "a" * 32}
    )
    assert answer.headers["Location"] == f"{address}#temperature"
    page = client.get(address).content.decode()
    for words in ("社長が毎日ご覧になる", "強い関心をお持ち", "ご様子伺いのお電話をしましょう", "<svg viewBox"):
        assert words in page
    assert Reading.objects.get().by == cast.rep


@pytest.mark.parametrize(("heat", "words"), [("", "x"), ("6", "x"), ("4", "")])
def test_a_form_that_lacks_something_is_shown_again(
    cast: SimpleNamespace, client_for: ClientFor, heat: str, words: str
) -> None:
    path = f"/customers/{cast.towa.pk}/temperature/new/"
    answer = client_for(cast.rep).post(path, {"heat": heat, "words": words, "idempotency": "a" * 32})
    assert (answer.status_code, Reading.objects.count()) == (422, 0)


def test_programs_note_and_read_it(cast: SimpleNamespace, at: datetime) -> None:
    bearer = {"Authorization": f"Bearer {token_create(user=cast.rep, at=at)}"}
    path = f"/api/v1/customers/{cast.towa.pk}/"

    def note(**more: Any) -> Any:
        data = {"heat": 5, "words": "毎日お電話がある", "idempotency_key": "1", **more}
        return Client().post(f"{path}readings", data, content_type="application/json", headers=bearer)

    assert Client().get(f"{path}temperature", headers=bearer).json() == {"points": [], "phases": [], "touch": None}
    assert (note().status_code, note().json()) == (201, {"id": Reading.objects.get().pk})
    found = Client().get(f"{path}temperature", headers=bearer).json()
    assert (found["points"][-1]["theirs"], found["points"][-1]["ours"], found["points"][-1]["gap"]) == (5, 1, 4)
    assert found["touch"]["link"] == f"/customers/{cast.towa.pk}/calls/new/"
    assert (note(heat=9).status_code, note(words=" ", idempotency_key="2").status_code) == (400, 422)


def test_a_foreign_customer_answers_like_one_that_never_was(cast: SimpleNamespace, at: datetime) -> None:
    bearer = {"Authorization": f"Bearer {token_create(user=cast.rep, at=at)}"}
    data = {"heat": 5, "words": "x", "idempotency_key": "1"}
    for pk in (cast.hokuriku.pk, 9_999_999):
        path = f"/api/v1/customers/{pk}/"
        answers = [
            Client().get(f"{path}temperature", headers=bearer),
            Client().post(f"{path}readings", data, content_type="application/json", headers=bearer),
        ]
        assert [answer.status_code for answer in answers] == [404, 404]


def test_the_machine_story_raises_it_days_before_the_missed_meeting(cast: SimpleNamespace, at: datetime) -> None:
    """The customer has set the last day and grows warmer; after the repair the rep cools. The board sits waiting on
    30 November: the owner was asked for the next touch before it."""
    for ago in (21, 18, 15):
        reached(cast, at - ago * DAY)
    for ago, heat in ((21, 3), (4, 5)):
        reading_note(
            customer=cast.towa, heat=heat, words="月末に役員が待つ", key=f"{ago}", by=cast.tech, at=at - ago * DAY
        )
    assert temperature_sweep(at=at - 14 * DAY) == 0
    assert temperature_sweep(at=at) == 1
    assert Call.objects.count() == 3
    assert told()[0].opened_at == at < datetime(2026, 11, 30, 13, tzinfo=at.tzinfo)
