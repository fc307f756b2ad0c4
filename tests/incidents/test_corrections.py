"""訂正・再発行・お詫び: begun once for a wrong invoice; the corrected one waits for the letter and both go together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from billing.models import Enclosure, Invoice, Recipient, SendingHold
from billing.selectors import invoice_get
from billing.services import (
    Change,
    draft_change,
    draft_discard,
    draft_gather,
    hold_release,
    inquiry_note,
    invoice_correct,
    invoice_issue,
    invoice_sent,
    invoices_check,
    invoices_send,
    payment_record,
    printing,
    render_invoices,
)
from billing.services.inquiries import Question
from customers.models import Activity
from incidents.corrections import Flow, flow_of
from incidents.models import Correction, Incident
from incidents.services import correction_begin, corrections_sweep, letters, render_letters
from office.errors import Refused
from office.models import Outbox, User
from office.services import token_create
from office.viewer import viewer_for
from tests.billing.paperwork import issue
from tests.billing.test_records import SCREW, delivered
from tests.job import Job

pytestmark = pytest.mark.django_db(transaction=True)
MOST_STATEMENTS = 200  # far more than it takes
WHY = "数量に誤りがございました"
ClientFor = Callable[[User], Client]


@pytest.fixture(autouse=True)
def _quick_press(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = SimpleNamespace(pdf=lambda paper: SimpleNamespace(data=f"%PDF {paper.number}".encode()))
    monkeypatch.setattr(letters, "press", lambda: quick)
    monkeypatch.setattr(printing, "press", lambda: quick)


@pytest.fixture
def wrong(cast: SimpleNamespace, at: datetime) -> Invoice:
    """An issued invoice over 1,135,200 yen that has gone out by post, and how towa gets its invoices: by mail."""
    delivered(cast, "D-1", SCREW)
    draft = draft_gather(customer_id=cast.towa.pk, until=date(2026, 11, 20), by=cast.billing, at=at)
    invoice = issue(cast, draft, at)
    invoice_sent(invoice_id=invoice.pk, how="post", by=cast.billing, at=at)
    asked = {"asked_by": cast.rep, "asked_at": at}
    Recipient.objects.create(customer=cast.towa, way="mail", addresses="ogawa@towa.example", **asked)
    return invoice


def begin(user: User, invoice: Invoice, at: datetime, **more: Any) -> Correction:
    return correction_begin(viewer=viewer_for(user, at), number=invoice.number, **({"reason": WHY} | more))


def found(user: User, invoice: Invoice, at: datetime) -> Flow:
    flow = flow_of(viewer_for(user, at), invoice)
    assert flow is not None
    return flow


def states(flow: Flow) -> list[str]:
    return [thing.state for thing in flow.things]


def reissued(cast: SimpleNamespace, row: Correction, at: datetime) -> Invoice:
    """The draft put right by billing, checked by billing2, issued."""
    assert row.new is not None
    changes = {1: Change(quantity=Decimal(10))}
    draft = draft_change(invoice_id=row.new.pk, version=row.new.version, changes=changes, by=cast.billing, at=at)
    invoices_check(seen={draft.pk: draft.version}, by=cast.billing2, at=at)
    return invoice_issue(invoice_id=draft.pk, by=cast.billing, at=at)


def on_today(name: str = "") -> list[tuple[str, str]]:
    rows = Activity.objects.open().filter(source__startswith="correction:").select_related("who")
    return [(row.label, row.who.username) for row in rows]


def job_of(cast: SimpleNamespace, number: str, at: datetime) -> Job:
    job = Job.__new__(Job)
    job.cast, job.at, job.number = cast, at, number
    return job


def test_it_walks_from_the_wrong_invoice_to_one_mail_with_both(
    cast: SimpleNamespace, wrong: Invoice, at: datetime
) -> None:
    asked = Question(asked="12本も頼んでいません", way="phone", invoice_id=wrong.pk)
    inquiry_note(customer_id=cast.towa.pk, question=asked, by=cast.rep, at=at, key="k")
    payment_record(invoice_id=wrong.pk, amount=100_000, received_on=at.date(), by=cast.billing, at=at, key="p")
    row = begin(cast.rep, wrong, at)
    job, incident = job_of(cast, row.incident.number, at), row.incident
    assert (incident.kind, incident.invoice, incident.owner, incident.created_by) == (
        "missed_invoice", wrong.number, cast.rep, cast.rep,
    )  # fmt: skip
    assert wrong.number in incident.summary
    assert "1,135,200円" in incident.summary
    assert states(found(cast.billing, wrong, at)) == ["直す", "前の手順待ち", "前の手順待ち"]
    clerk = {0: "billing", 1: "billing2"}[cast.towa.pk % 2]
    assert on_today() == [("Put the corrected invoice right", clerk)]

    new = reissued(cast, row, at)
    corrections_sweep(at=at)
    assert on_today() == []
    assert states(found(cast.billing, new, at)) == ["発行済み", "前の手順待ち", "お詫び状待ち"]
    assert vars(invoice_get(viewer_for(cast.billing, at), new.number))["paid"] == 100_000
    with pytest.raises(Refused, match="letter of apology"):
        invoices_send(invoice_ids=[new.pk], how="mail", key="s", by=cast.billing, at=at)

    job.planned()
    letter = job.offers(cast.rep)["submit", "letter"]["schema"]["example"]["letter"]
    assert letter["title"] == "請求金額誤りのお詫び"
    assert any("（誤）金1,135,200円" in text and "（正）金946,000円" in text for _label, text in letter["facts"])
    assert any(new.number in text for text in letter["paragraphs"])
    job.do(cast.rep, "submit", "letter")
    job.do(cast.branch, "approve", "letter", {})
    assert corrections_sweep(at=at) == 0  # approved, not in print yet
    assert found(cast.billing, new, at).held
    render_letters(at=at)
    assert corrections_sweep(at=at) == 1
    assert corrections_sweep(at=at) == 0
    enclosed = Enclosure.objects.get(invoice=new)
    assert states(found(cast.rep, new, at)) == ["発行済み", "承認済み", "送付待ち"]
    assert on_today() == [("Send the corrected invoice", "billing")]
    render_invoices(at=at)
    invoices_send(invoice_ids=[new.pk], how="mail", key="s", by=cast.billing, at=at)
    mail = Outbox.objects.get(address="ogawa@towa.example")
    assert (mail.file, mail.enclosed) == (Invoice.objects.get(pk=new.pk).file, enclosed.file)
    assert "お詫び状もあわせて" in mail.body
    Invoice.objects.filter(pk=new.pk).update(sent_at=at)
    corrections_sweep(at=at)
    flow = found(cast.rep, new, at)
    assert flow.next is None
    assert Correction.objects.get().ended_at == at
    assert on_today() == []


def test_however_often_it_is_begun_one_is_made(cast: SimpleNamespace, wrong: Invoice, at: datetime) -> None:
    first = begin(cast.billing, wrong, at)
    assert begin(cast.rep, wrong, at + timedelta(minutes=1), reason="もう一度") == first
    counts = Incident.objects.count(), Invoice.objects.filter(corrects=wrong).count(), SendingHold.objects.count()
    assert counts == (1, 1, 1)


def test_cut_off_at_any_statement_it_leaves_nothing(cast: SimpleNamespace, wrong: Invoice, at: datetime) -> None:
    def made() -> tuple[int, ...]:
        drafts = Invoice.objects.filter(corrects=wrong).count()
        return Incident.objects.count(), drafts, Correction.objects.count(), SendingHold.objects.count()

    class Cut(Exception):
        """The power is gone."""

    for moment in range(MOST_STATEMENTS):
        left = iter(range(moment))

        def cut(execute: Callable[..., Any], *query: Any, left: Iterator[int] = left) -> Any:
            if next(left, None) is None:
                raise Cut
            return execute(*query)

        try:
            with connection.execute_wrapper(cut):
                begin(cast.rep, wrong, at)
        except Cut:
            assert made() == (0, 0, 0, 0)
        else:
            break
    assert moment > 20
    assert made() == (1, 1, 1, 1)


def test_an_incident_about_it_and_a_draft_that_are_there_go_along(
    cast: SimpleNamespace, wrong: Invoice, at: datetime
) -> None:
    job = Job(cast, at)
    draft = invoice_correct(invoice_id=wrong.pk, reason="数量", by=cast.billing, at=at)
    row = begin(cast.rep, wrong, at, incident=job.number)
    assert (row.incident.number, row.new, Incident.objects.count()) == (job.number, draft, 1)
    other = Job(cast, at, kind="defect")
    delivered(cast, "D-2", SCREW)
    second = draft_gather(customer_id=cast.towa.pk, until=date(2026, 11, 20), by=cast.billing, at=at)
    issue(cast, second, at)
    for user, code in ((cast.rep, "invalid"), (cast.billing, "not_found")):  # of another kind; not theirs to see
        with pytest.raises(Refused) as refused:
            begin(user, Invoice.objects.get(pk=second.pk), at, incident=other.number)
        assert refused.value.code == code


def test_where_no_letter_comes_it_goes_alone_and_a_boss_may_let_it_go(
    cast: SimpleNamespace, wrong: Invoice, at: datetime
) -> None:
    row = begin(cast.rep, wrong, at)
    job_of(cast, row.incident.number, at).do(cast.manager, "void", "", {"text": "お客様の思い違い"})
    assert corrections_sweep(at=at) == 1
    assert not SendingHold.objects.exists()
    assert not Enclosure.objects.exists()
    delivered(cast, "D-2", SCREW)
    draft = draft_gather(customer_id=cast.towa.pk, until=date(2026, 11, 20), by=cast.billing, at=at)
    second = begin(cast.billing, issue(cast, draft, at), at)
    assert second.new is not None
    hold_release(invoice_id=second.new.pk, reason="お急ぎのため", by=cast.manager, at=at)
    corrections_sweep(at=at)
    assert not SendingHold.objects.exists()  # it is not put again


def test_a_draft_thrown_away_is_made_again_in_the_same_matter(
    cast: SimpleNamespace, wrong: Invoice, at: datetime
) -> None:
    row = begin(cast.billing, wrong, at)
    assert row.new is not None
    draft_discard(invoice_id=row.new.pk, by=cast.billing, at=at)
    corrections_sweep(at=at)
    assert found(cast.billing, wrong, at).gone
    assert (on_today(), SendingHold.objects.count()) == ([], 0)
    again = begin(cast.billing, wrong, at + timedelta(hours=1))
    assert (again.pk, again.incident, Incident.objects.count()) == (row.pk, row.incident, 1)
    assert SendingHold.objects.get().invoice == again.new


def test_what_cannot_be_corrected_is_refused(cast: SimpleNamespace, wrong: Invoice, at: datetime) -> None:
    delivered(cast, "D-2", SCREW)
    draft = draft_gather(customer_id=cast.towa.pk, until=date(2026, 11, 20), by=cast.billing, at=at)
    for invoice, reason, code in ((draft, WHY, "conflict"), (wrong, " ", "incomplete")):
        with pytest.raises(Refused) as refused:
            begin(cast.rep, invoice, at, reason=reason)
        assert refused.value.code == code
    with pytest.raises(Refused) as foreign:
        begin(cast.rep_b, wrong, at)
    assert foreign.value.code == "not_found"
    assert (Incident.objects.count(), Correction.objects.count()) == (0, 0)


def test_a_corrected_invoice_can_be_corrected_once_more(
    cast: SimpleNamespace, wrong: Invoice, at: datetime, client_for: ClientFor
) -> None:
    first = begin(cast.rep, wrong, at)
    new = reissued(cast, first, at)
    page = f"/corrections/{new.number}/"
    with time_machine.travel(at, tick=False):
        rep = client_for(cast.rep)
        assert b'name="reason"' not in rep.get(page).content  # its own flow goes on
        assert first.new is not None
        hold_release(invoice_id=new.pk, reason="急ぎ", by=cast.manager, at=at)
        invoice_sent(invoice_id=new.pk, how="post", by=cast.billing, at=at)
        job_of(cast, first.incident.number, at).do(cast.manager, "void", "", {"text": "別の件で"})
        corrections_sweep(at=at)
        assert b'name="reason"' in rep.get(page).content
        assert rep.post(page, {"reason": "宛名に誤りがございました"}).status_code == 302
    second = Correction.objects.get(old=new)
    assert second.incident != first.incident
    assert found(cast.rep, new, at).new == (second.new and second.new.number)


def test_a_merged_incident_hands_it_on(cast: SimpleNamespace, wrong: Invoice, at: datetime) -> None:
    row, other = begin(cast.rep, wrong, at), Job(cast, at)
    job_of(cast, row.incident.number, at).do(cast.manager, "merge", "", {"number": other.number})
    corrections_sweep(at=at)
    assert Correction.objects.get().incident.number == other.number
    assert SendingHold.objects.exists()


def test_the_pages_walk_a_rep_and_a_clerk_through(
    cast: SimpleNamespace, wrong: Invoice, at: datetime, client_for: ClientFor
) -> None:
    page = f"/corrections/{wrong.number}/"
    with time_machine.travel(at, tick=False):
        rep, clerk, boss = (client_for(user) for user in (cast.rep, cast.billing, cast.manager))
        assert page.encode() in rep.get(f"/billing/invoices/{wrong.number}/").content
        assert rep.post(page, {"reason": ""}).status_code == 422
        for _tap in range(2):
            assert rep.post(page, {"reason": WHY}).status_code == 302
        row = Correction.objects.get()
        number, draft = row.incident.number, row.new
        assert draft is not None
        incident = f"/incidents/{number}/"
        with CaptureQueriesContext(connection) as asked:
            assert page.encode() in rep.get(incident).content
        assert len(asked) <= 9
        assert incident.encode() in rep.get(page).content
        seen = clerk.get(page).content
        assert (number.encode() in seen, incident.encode() in seen) == (True, False)  # clerks open no incidents
        for invoice in (wrong.number, draft.number):
            assert page.encode() in clerk.get(f"/billing/invoices/{invoice}/").content
        assert clerk.post(f"/billing/invoices/{draft.number}/release/", {"reason": "急ぎ"}).status_code == 403
        assert b"release-reason" in boss.get(f"/billing/invoices/{draft.number}/").content
        assert boss.post(f"/billing/invoices/{draft.number}/release/", {"reason": "急ぎ"}).status_code == 302
    assert client_for(cast.rep_b).get(page).status_code == 404


def test_programs_do_the_same(cast: SimpleNamespace, wrong: Invoice, at: datetime) -> None:
    def program(user: User) -> Client:
        return Client(headers={"Authorization": f"Bearer {token_create(user=user, at=at)}"})

    with time_machine.travel(at, tick=False):
        paper = {"invoice": wrong.number, "reason": WHY}
        made = [
            program(cast.billing).post("/api/v1/corrections", paper, content_type="application/json") for _ in range(2)
        ]
        assert [answer.status_code for answer in made] == [201, 201]
        told = made[0].json()
        assert (told["held"], [thing["done"] for thing in told["things"]]) == (False, [False, False, False])
        assert program(cast.rep).get(f"/api/v1/corrections/{told['corrected']}").json()["incident"] == told["incident"]
        path = f"/api/v1/invoices/{told['corrected']}/release"
        assert program(cast.billing).post(path, {"reason": "急ぎ"}, content_type="application/json").status_code == 403
        assert program(cast.manager).post(path, {"reason": "急ぎ"}, content_type="application/json").status_code == 200
