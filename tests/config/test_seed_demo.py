"""The demo: made once, whole, believable, and never in production."""

from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

import billing.verify
import incidents.verify
import office.verify
from billing.models import BankReceipt, Delivery, Instalment, Invoice
from billing.selectors.checking import drafts_to_check
from billing.selectors.orders import orders_page
from billing.selectors.waiting import orders_waiting
from config.demo.days import Days
from config.demo.people import PEOPLE
from config.demo.seal import seal_png
from config.demo.seeding import finished, seed
from customers.models import Activity, Call, Customer, Promise
from incidents.models import Entry, Incident, IssuedLetter, Note
from office.calendar import BusinessCalendar
from office.clock import JST
from office.models import Company, Outbox, User
from office.services.seal import redrawn
from office.tnumber import check_digit_fits
from office.viewer import viewer_for

NOON = datetime(2026, 11, 24, 12, 40, tzinfo=JST)


@pytest.fixture
def _printed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Letters are printed elsewhere; here a page stands for them."""
    press = SimpleNamespace(pdf=lambda letter: SimpleNamespace(data=b"%PDF-1.7"))
    monkeypatch.setattr("incidents.services.letters.press", lambda: press)


def rows() -> dict[str, int]:
    """How many rows every table of ours holds."""
    models = (Activity, Call, Customer, Entry, Incident, Invoice, Note, Outbox, Promise, User)
    return {model.__name__: model._default_manager.count() for model in models}


@pytest.mark.django_db
@pytest.mark.usefixtures("_printed")
def test_the_demo_is_whole_verifies_and_is_made_once() -> None:
    seed(NOON)
    assert finished()
    assert [*billing.verify.problems(), *incidents.verify.problems(), *office.verify.problems()] == []
    _it_is_believable()
    _billing_is_alive()
    _every_state_is_there()
    before = rows()
    call_command("seed_demo", verbosity=0)
    assert rows() == before


def _it_is_believable() -> None:
    assert set(User.objects.values_list("username", flat=True)) == set(PEOPLE)
    assert User.objects.get(username="rep").boss == User.objects.get(username="manager")
    company = Company.objects.get()
    assert check_digit_fits(company.t_number)
    assert company.seal is not None
    assert Customer.objects.filter(name="髙﨑𠮷邉㈱").exists()
    assert Invoice.objects.count() >= 100
    assert not Outbox.objects.exclude(state=Outbox.State.SENT).exists()  # nobody is written to
    _nothing_lies_ahead()


def _billing_is_alive() -> None:
    clerk = viewer_for(User.objects.get(username="billing2"), NOON)
    shown = {name: len(orders_page(clerk, shown=name).rows) for name in ("open", "late", "undated")}
    assert shown == {"open": 3, "late": 1, "undated": 1}
    assert {one.kind for one in orders_waiting(NOON)} == {"undated", "past"}
    told = [one.kind for draft in drafts_to_check(clerk) for one in draft.findings]
    assert told.count("list") == 1
    states = sorted(BankReceipt.objects.values_list("state", flat=True))
    assert states == ["booked", "open", "open", "open"]
    assert Invoice.objects.filter(kind="corrected", state="issued", corrects__isnull=False).count() == 1
    assert Delivery.objects.filter(kind="return", lines__left__gt=0).exists()


def _nothing_lies_ahead() -> None:
    assert not Entry.objects.filter(at__gt=NOON).exists()
    assert not Activity.objects.filter(opened_at__gt=NOON).exists()
    assert not Promise.objects.filter(made_at__gt=NOON).exists()
    assert not Call.objects.filter(at__gt=NOON).exists()


def _every_state_is_there() -> None:
    states = set(Incident.objects.values_list("state", flat=True))
    assert states == {"untriaged", "open", "aftercare", "closed", "withdrawn", "void"}
    open_ = Activity.objects.open()
    kinds = set(open_.values_list("kind", flat=True))
    assert kinds == set(Activity.Kind.values)
    assert open_.filter(sent_back=True).exists()
    assert open_.filter(label="The customer asked again").exists()
    assert open_.filter(kind="approval", number=_number("compensation")).count() == 2
    assert open_.filter(kind="visit", starts__date=NOON.date()).exists()
    assert IssuedLetter.objects.filter(handed_over_at=None).exists()
    assert set(Promise.objects.values_list("state", flat=True)) == set(Promise.State.values)
    assert Instalment.objects.filter(due_on=NOON.date()).exists()
    assert open_.filter(source__startswith="thank-you:", due__date=NOON.date()).exists()


def _number(key: str) -> str:
    return Incident.objects.get(start_key=f"demo:{key}").number


@pytest.mark.django_db
@pytest.mark.usefixtures("_printed")
def test_a_demo_that_was_cut_short_is_told_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch:
        patch.setattr("config.demo.telling.Tale.lettered", _cut)
        with pytest.raises(KeyboardInterrupt):
            seed(NOON)
    assert not finished()
    seed(NOON)
    assert finished()
    assert [*incidents.verify.problems()] == []


def _cut(*_args: Any, **_options: Any) -> None:
    raise KeyboardInterrupt


def test_production_has_no_demo(settings: Any) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="MAKOTO_ENV=demo only"):
        call_command("seed_demo")
    with pytest.raises(CommandError, match="MAKOTO_ENV=demo only"):
        call_command("generate", incidents=1)


@pytest.mark.django_db
def test_a_house_in_which_others_work_is_left_alone(cast: SimpleNamespace) -> None:
    with pytest.raises(CommandError, match="Other people work"):
        call_command("seed_demo")
    assert Customer.objects.count() == 2
    assert connection.in_atomic_block


@pytest.mark.parametrize("hour", [0, 8, 10, 16, 20])
def test_moments_of_the_past_lie_in_office_hours(hour: int) -> None:
    calendar = BusinessCalendar()
    days = Days(datetime(2026, 11, 23, hour, 5, tzinfo=JST), calendar)  # a holiday
    for minutes in (1, 200, 600):
        assert calendar.last_closing(days.minutes_ago(minutes)) == days.minutes_ago(minutes) <= days.now
    assert days.ago(1) < days.anchor <= days.now < days.ahead(1)
    assert days.next_visit() > days.now + timedelta(hours=1)


def test_the_seal_passes_the_door() -> None:
    assert redrawn(seal_png("水瀬機工株式会社")).startswith(b"\x89PNG")
