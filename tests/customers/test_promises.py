"""A promise is made, agreed, asked for again, kept, moved, or not kept (practices 2-05, 2-35, 2-42)."""

from datetime import datetime, timedelta
from types import SimpleNamespace

import pytest

from customers.models import Activity, Chase, Promise
from customers.selectors import promise_get, promise_rate, promises_open, promises_visible
from customers.services import (
    NewPromise,
    promise_agree,
    promise_break,
    promise_chase,
    promise_keep,
    promise_make,
    promise_reschedule,
    promises_sweep,
)
from office.errors import Refused
from office.models import Outbox, User
from office.viewer import viewer_for

pytestmark = [pytest.mark.django_db, pytest.mark.both]
NUMBER = "2026-0001"


def make(cast: SimpleNamespace, at: datetime, source: str = "visit:1", **changes: object) -> Promise:
    known = {"what": "再発防止策の中間報告", "number": NUMBER, "kind": "request", "to_contact_id": cast.okamoto.pk}
    new = NewPromise(source=source, **(known | changes))
    return promise_make(customer=cast.towa, new=new, by=cast.rep, at=at)


def activity(promise: Promise) -> Activity:
    return Activity.objects.get(source=f"promise:{promise.pk}")


def test_it_gets_a_provisional_day_at_once(cast: SimpleNamespace, at: datetime) -> None:
    promise = make(cast, at)
    assert promise.answer_by == at.replace(day=25, hour=17, minute=30)
    assert not promise.agreed
    assert activity(promise).who == cast.rep
    assert activity(promise).link == f"/customers/promises/{promise.pk}/"


def test_the_same_source_makes_one_promise(cast: SimpleNamespace, at: datetime) -> None:
    assert make(cast, at) == make(cast, at)
    assert Promise.objects.count() == 1


def test_one_tap_agrees_to_the_day(cast: SimpleNamespace, at: datetime) -> None:
    assert promise_agree(promise_id=make(cast, at).pk, by=cast.rep, at=at).agreed


def test_agreeing_may_name_another_day_but_only_once(cast: SimpleNamespace, at: datetime) -> None:
    promise, friday = make(cast, at), at + timedelta(days=3)
    promise_agree(promise_id=promise.pk, answer_by=friday, by=cast.rep, at=at)
    assert activity(promise).due == friday
    with pytest.raises(Refused) as refused:
        promise_agree(promise_id=promise.pk, answer_by=friday + timedelta(days=1), by=cast.rep, at=at)
    assert refused.value.code == "conflict"


def test_keeping_it_needs_evidence(cast: SimpleNamespace, at: datetime) -> None:
    promise = make(cast, at)
    with pytest.raises(Refused) as refused:
        promise_keep(promise_id=promise.pk, evidence=" ", by=cast.rep, at=at)
    assert (refused.value.code, refused.value.field) == ("incomplete", "evidence")
    promise_keep(promise_id=promise.pk, evidence="11/24 報告書をお渡し", by=cast.rep, at=at)
    assert activity(promise).state == "done"
    assert promises_open(NUMBER) == 0


def test_nothing_closes_over_an_open_one(cast: SimpleNamespace, at: datetime) -> None:
    make(cast, at)
    make(cast, at, "visit:2", number="2026-0002")
    assert promises_open(NUMBER) == 1


def test_a_new_day_needs_the_customers_agreement(cast: SimpleNamespace, at: datetime) -> None:
    promise, later = make(cast, at), at + timedelta(days=7)
    with pytest.raises(Refused) as refused:
        promise_reschedule(promise_id=promise.pk, answer_by=later, agreement="", by=cast.rep, at=at)
    assert refused.value.field == "agreement"
    new = promise_reschedule(promise_id=promise.pk, answer_by=later, agreement="岡本専務 お電話", by=cast.rep, at=at)
    promise.refresh_from_db()
    assert (promise.state, new.replaces, new.agreed, new.what) == ("rescheduled", promise, True, promise.what)
    assert activity(promise).state == "done"
    assert activity(new).due == later
    assert promises_open(NUMBER) == 1


def test_one_that_ended_cannot_end_again(cast: SimpleNamespace, at: datetime) -> None:
    promise = make(cast, at)
    promise_break(promise_id=promise.pk, reason="部品の入荷が遅れた", by=cast.rep, at=at)
    with pytest.raises(Refused) as refused:
        promise_keep(promise_id=promise.pk, evidence="x", by=cast.rep2, at=at)
    assert refused.value.code == "conflict"
    assert refused.value.facts["by"] == cast.rep.called


def test_a_day_in_the_past_is_refused(cast: SimpleNamespace, at: datetime) -> None:
    with pytest.raises(Refused):
        make(cast, at, answer_by=at - timedelta(minutes=1))


def test_nul_is_refused(cast: SimpleNamespace, at: datetime) -> None:
    with pytest.raises(Refused) as refused:
        make(cast, at, what="中間\0報告")
    assert refused.value.code == "invalid"
    assert not Promise.objects.exists()


def test_past_its_day_it_is_told_once_to_each(cast: SimpleNamespace, at: datetime) -> None:
    promise = make(cast, at)
    evening = promise.answer_by + timedelta(minutes=1)
    assert [promises_sweep(at=evening), promises_sweep(at=evening)] == [1, 0]
    assert activity(promise).level == 1
    assert [m.to for m in Outbox.objects.all()] == [cast.rep]
    day_after = promise.answer_by + timedelta(days=1, minutes=1)
    assert [promises_sweep(at=day_after), promises_sweep(at=day_after)] == [1, 0]
    assert {m.to for m in Outbox.objects.all()} == {cast.rep, cast.manager}
    assert "東和工業" in Outbox.objects.earliest("pk").subject


def test_what_a_report_promised_by_itself_is_told_in_the_reader_s_language(cast: SimpleNamespace, at: datetime) -> None:
    User.objects.filter(pk=cast.manager.pk).update(language="en")
    promise = make(cast, at, what="Contact the customer as promised")
    promises_sweep(at=promise.answer_by + timedelta(minutes=1))
    promises_sweep(at=promise.answer_by + timedelta(days=1, minutes=1))
    told = {mail.to: mail.body.splitlines()[-1] for mail in Outbox.objects.all()}
    assert told == {cast.rep: "お約束のご連絡", cast.manager: "Contact the customer as promised"}


def test_a_kept_one_is_told_to_nobody(cast: SimpleNamespace, at: datetime) -> None:
    promise = make(cast, at)
    promise_keep(promise_id=promise.pk, evidence="済み", by=cast.rep, at=at)
    assert promises_sweep(at=at + timedelta(days=30)) == 0
    assert activity(promise).state == "done"


def test_a_stranger_finds_nothing(cast: SimpleNamespace, at: datetime) -> None:
    promise, stranger = make(cast, at, number=""), viewer_for(cast.rep_b, at)
    assert not promises_visible(stranger).exists()
    for pk in (promise.pk, 999_999):
        with pytest.raises(Refused, match="Nothing was found") as refused:
            promise_get(stranger, pk)
        assert refused.value.code == "not_found"
    assert promise_get(viewer_for(cast.manager, at), promise.pk) == promise


def test_the_rate_counts_what_ended(cast: SimpleNamespace, at: datetime) -> None:
    promises = [make(cast, at, f"visit:{n}") for n in range(4)]
    for promise in promises[:2]:
        promise_keep(promise_id=promise.pk, evidence="済み", by=cast.rep, at=at)
    promise_break(promise_id=promises[2].pk, reason="遅れ", by=cast.rep, at=at)
    rate = promise_rate(Promise.objects.all())
    assert (rate.kept, rate.ended, rate.percent) == (2, 3, 66)


def chase(promise: Promise, by: User, at: datetime, key: str = "k") -> Promise:
    return promise_chase(promise_id=promise.pk, by=by, at=at, key=key)


def test_who_had_to_ask_again_stands_first(cast: SimpleNamespace, at: datetime) -> None:
    promise, hour = make(cast, at), at + timedelta(hours=1)
    chase(promise, cast.rep2, hour)
    row = activity(promise)
    assert (row.label, row.waiting, row.urgent, row.who) == ("The customer asked again", True, True, cast.rep)
    told = Outbox.objects.get()
    assert (told.to, told.subject) == (cast.rep, "確認: 東和工業様")
    assert "催促がありました" in told.body
    assert promise.what in told.body
    assert [(one.by, one.at) for one in promise.chases.all()] == [(cast.rep2, hour)]


def test_the_owner_who_heard_it_needs_no_mail(cast: SimpleNamespace, at: datetime) -> None:
    chase(make(cast, at), cast.rep, at)
    assert not Outbox.objects.exists()


def test_the_same_tap_counts_once_and_the_first_time_stays(cast: SimpleNamespace, at: datetime) -> None:
    promise, later = make(cast, at), at + timedelta(hours=2)
    for key, moment in (("a", at), ("a", later), ("b", later)):
        chase(promise, cast.rep2, moment, key)
    promise.refresh_from_db()
    assert (promise.chased_at, Chase.objects.count(), Outbox.objects.count()) == (at, 2, 2)


def test_an_ended_one_is_not_asked_for_again(cast: SimpleNamespace, at: datetime) -> None:
    promise = make(cast, at)
    chase(promise, cast.rep, at)
    promise_keep(promise_id=promise.pk, evidence="済み", by=cast.rep, at=at)
    with pytest.raises(Refused) as refused:
        chase(promise, cast.rep, at, "b")
    assert refused.value.code == "conflict"
    assert chase(promise, cast.rep, at).state == "kept"  # the same tap, sent again
    assert activity(promise).state == "done"


def test_a_time_agreed_with_the_customer_lets_it_down_again(cast: SimpleNamespace, at: datetime) -> None:
    first, second, friday = make(cast, at), make(cast, at, "visit:2"), at + timedelta(days=3)
    for number, promise in enumerate((first, second)):
        chase(promise, cast.rep, at, f"k{number}")
    promise_agree(promise_id=first.pk, answer_by=friday, by=cast.rep, at=at)
    moved = promise_reschedule(promise_id=second.pk, answer_by=friday, agreement="岡本専務", by=cast.rep, at=at)
    for promise in (first, moved):
        promise.refresh_from_db()
        row = activity(promise)
        assert (row.label, row.waiting, row.urgent) == ("Keep the promise", False, False)
        assert promise.chased_at == at  # it was asked for again all the same


def test_what_was_asked_for_again_counts_apart(cast: SimpleNamespace, at: datetime) -> None:
    promises = [make(cast, at, f"visit:{n}") for n in range(4)]
    chase(promises[0], cast.rep, at, "a")
    chase(promises[2], cast.rep, at, "b")
    for promise in promises[:2]:
        promise_keep(promise_id=promise.pk, evidence="済み", by=cast.rep, at=at)
    promise_break(promise_id=promises[2].pk, reason="遅れ", by=cast.rep, at=at)
    rate = promise_rate(Promise.objects.all())
    assert (rate.kept, rate.ended, rate.percent, rate.chased) == (1, 3, 33, 1)


def test_a_sweep_leaves_it_on_top(cast: SimpleNamespace, at: datetime) -> None:
    promise = make(cast, at, kind="other")
    chase(promise, cast.rep, at)
    promises_sweep(at=promise.answer_by + timedelta(minutes=1))
    assert activity(promise).waiting
    assert activity(promise).level == 1
