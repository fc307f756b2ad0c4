"""An issued invoice goes out once: by mail with its PDF, by the customer's page, by post. What comes back is told at
once; a second time needs a reason."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.utils import translation
from pypdf import PdfReader
from pytest_django import Settings

from billing.bounces import reason_of
from billing.models import Enclosure, Invoice, Recipient, Sending
from billing.paper import Sheet, press
from billing.selectors.sendings import to_send
from billing.selectors.watch import gaps
from billing.services import (
    draft_gather,
    hold_put,
    hold_release,
    invoice_correct,
    invoice_received,
    invoice_sent,
    invoices_send,
    recipient_put,
    render_invoices,
    sendings_sweep,
    watch_sweep,
)
from customers.models import Activity
from office import faults
from office.clock import JST
from office.errors import Refused
from office.models import Outbox, User
from office.services import file_store, outbox_retry, outbox_send, token_create
from office.viewer import viewer_for
from tests.billing.paperwork import issue
from tests.billing.test_records import CUTOFF, SCREW, delivered
from tests.office.sink import ScriptedServer

pytestmark = [pytest.mark.django_db, pytest.mark.both]
TUESDAY = datetime(2026, 12, 1, 10, tzinfo=JST)


@pytest.fixture
def server(settings: Settings) -> type[ScriptedServer]:
    settings.EMAIL_BACKEND = "tests.office.sink.ScriptedServer"
    ScriptedServer.bad, ScriptedServer.down, ScriptedServer.took = set(), False, []
    return ScriptedServer


def issued(cast: SimpleNamespace, number: str = "D-1") -> Invoice:
    delivered(cast, number, SCREW)
    return issue(cast, draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=TUESDAY), TUESDAY)


def asked(cast: SimpleNamespace, way: str = "mail", addresses: str = "keiri@towa.example", **more: Any) -> Recipient:
    return recipient_put(customer_id=cast.towa.pk, way=way, addresses=addresses, person="経理課 小川 様",
                         by=cast.billing, at=TUESDAY, **more)  # fmt: skip


def send(cast: SimpleNamespace, *invoices: Invoice, key: str = "k", how: str = "mail", **more: Any) -> list[Sending]:
    at = more.pop("at", TUESDAY)
    return invoices_send(invoice_ids=[one.pk for one in invoices], how=how, key=key, by=cast.billing, at=at, **more)


def work(at: datetime = TUESDAY) -> None:
    """What the worker does in its minute."""
    render_invoices(at=at)
    sendings_sweep(at=at)
    outbox_send(at=at)
    sendings_sweep(at=at)


def kinds(at: datetime = TUESDAY) -> list[str]:
    return [gap.kind for gap in gaps(at)]


def test_it_goes_out_by_mail_with_its_pdf(cast: SimpleNamespace, server: type[ScriptedServer]) -> None:
    asked(cast)
    invoice = issued(cast)
    send(cast, invoice)
    assert not Outbox.objects.exists()  # the PDF is not printed yet
    work()
    (mail,) = server.took
    assert mail.to == ["keiri@towa.example"]
    assert mail.reply_to == [cast.billing.email]
    assert mail.subject == "請求書（INV-26-0001）のご送付　株式会社誠和製作所"
    for words in ("経理課 小川 様", "1,135,200円（税込）", "令和8年12月30日"):
        assert words in str(mail.body)
    ((name, data, sort),) = mail.attachments
    invoice.refresh_from_db()
    assert invoice.file is not None
    assert (name, bytes(data), sort) == (invoice.file.name, bytes(invoice.file.data), "application/pdf")
    assert (invoice.sent_at, invoice.sent_how) == (TUESDAY, "mail")
    assert Sending.objects.get().state == "sent"
    assert sendings_sweep(at=TUESDAY) == 0


def test_a_repeated_request_and_a_second_clerk_send_it_once(
    cast: SimpleNamespace, server: type[ScriptedServer]
) -> None:
    asked(cast)
    invoice = issued(cast)
    assert send(cast, invoice) == send(cast, invoice)
    with pytest.raises(Refused, match="gone out already"):
        send(cast, invoice, key="another")
    work()
    work(TUESDAY + timedelta(hours=1))
    assert len(server.took) == 1


@pytest.mark.parametrize("where", ["outbox.claimed", "outbox.sending"])
def test_a_kill_in_the_middle_sends_it_once(
    cast: SimpleNamespace, server: type[ScriptedServer], monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    asked(cast)
    send(cast, issued(cast))
    render_invoices(at=TUESDAY)
    sendings_sweep(at=TUESDAY)

    def die(point: str) -> None:
        if point == where:
            raise KeyboardInterrupt

    with monkeypatch.context() as patch, time_machine.travel(TUESDAY, tick=False):
        patch.setattr(faults, "point", die)
        with pytest.raises(KeyboardInterrupt):
            outbox_send(at=TUESDAY)
    later = TUESDAY + timedelta(minutes=5)
    with time_machine.travel(later, tick=False):
        work(later)
        work(later)
    assert len(server.took) == 1
    assert Sending.objects.get().state == "sent"


def test_a_refused_address_goes_to_a_clerk_at_once(cast: SimpleNamespace, server: type[ScriptedServer]) -> None:
    asked(cast)
    invoice = issued(cast)
    server.bad = {"keiri@towa.example"}
    send(cast, invoice)
    work()
    assert (Sending.objects.get().state, Outbox.objects.get().attempts) == ("bounced", 1)
    row = Activity.objects.get(source__startswith="watch:bounced")
    assert row.who in (cast.billing, cast.billing2)
    assert "keiri@towa.example 宛先が見つかりません。" in row.detail
    assert kinds(TUESDAY + timedelta(days=9)) == ["bounced"]  # and not as unsent besides
    asked(cast, addresses="ogawa@towa.example")
    (again,) = send(cast, invoice, key="2")
    assert (again.place, Outbox.objects.get(address="keiri@towa.example").state) == (2, "dropped")
    work()
    assert [mail.to for mail in server.took] == [["ogawa@towa.example"]]
    assert kinds() == []
    watch_sweep(at=TUESDAY)
    row.refresh_from_db()
    assert row.state == "done"


def test_sent_from_the_outbox_after_all_it_is_no_longer_bounced(
    cast: SimpleNamespace, server: type[ScriptedServer]
) -> None:
    asked(cast)
    server.bad = {"keiri@towa.example"}
    send(cast, issued(cast))
    work()
    server.bad = set()
    outbox_retry(pk=Outbox.objects.get().pk, by=cast.admin, at=TUESDAY)
    outbox_send(at=TUESDAY)
    assert sendings_sweep(at=TUESDAY) == 1
    assert Sending.objects.get().state == "sent"


def test_of_two_addresses_one_refused_is_told(cast: SimpleNamespace, server: type[ScriptedServer]) -> None:
    asked(cast, addresses="a@towa.example, b@towa.example")
    server.bad = {"b@towa.example"}
    send(cast, issued(cast))
    work()
    assert Sending.objects.get().state == "bounced"
    assert Invoice.objects.get().sent_at == TUESDAY  # one of them has it


def test_while_the_server_is_down_it_waits_and_nobody_is_told(
    cast: SimpleNamespace, server: type[ScriptedServer]
) -> None:
    asked(cast)
    server.down = True
    send(cast, issued(cast))
    work()
    assert (Sending.objects.get().state, Outbox.objects.get().state) == ("waiting", "due")


def test_once_more_only_with_a_reason(cast: SimpleNamespace, server: type[ScriptedServer]) -> None:
    asked(cast)
    invoice = issued(cast)
    send(cast, invoice)
    work()
    (again,) = send(cast, invoice, key="2", reason="お客様が紛失されたため")
    work()
    assert (again.place, again.reason) == (2, "お客様が紛失されたため")
    assert "あらためてお送りいたします" in str(server.took[1].body)


def test_by_the_customer_s_page_and_by_post_a_person_notes_it(cast: SimpleNamespace) -> None:
    invoice, other = issued(cast), issued(cast, "D-2")
    with pytest.raises(Refused):
        send(cast, invoice, how="portal")
    with pytest.raises(Refused, match="future"):
        send(cast, other, how="post", sent_on=date(2026, 12, 2))
    (one,) = send(cast, invoice, how="portal", receipt="P-778")
    (two,) = send(cast, other, how="post", key="p", sent_on=date(2026, 11, 30))
    assert (one.receipt, one.state, two.sent_on) == ("P-778", "sent", date(2026, 11, 30))
    assert set(Invoice.objects.values_list("sent_how", flat=True)) == {"portal", "post"}
    assert not Outbox.objects.exists()


def test_all_of_them_or_none(cast: SimpleNamespace) -> None:
    asked(cast)
    good, bad = issued(cast), issued(cast, "D-2")
    invoice_sent(invoice_id=bad.pk, how="post", by=cast.billing, at=TUESDAY)
    with pytest.raises(Refused):
        send(cast, good, bad)
    assert not Sending.objects.filter(invoice=good).exists()
    with pytest.raises(Refused, match="at least one"):
        send(cast)


def test_what_may_not_go_out_is_refused(cast: SimpleNamespace) -> None:
    delivered(cast, "D-0", SCREW)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=TUESDAY)
    with pytest.raises(Refused, match="not been issued"):
        send(cast, draft)
    invoice = issued(cast)
    with pytest.raises(Refused, match="e-mail address"):
        send(cast, invoice)
    asked(cast)
    hold_put(invoice_id=invoice.pk, source="letter:2026-0001", at=TUESDAY)
    for way in ("mail", "post"):
        with pytest.raises(Refused, match="letter of apology"):
            send(cast, invoice, how=way)
    assert kinds(TUESDAY + timedelta(days=9)).count("unsent") == 0
    with pytest.raises(Refused):
        hold_release(invoice_id=invoice.pk, reason=" ", by=cast.billing, at=TUESDAY)
    hold_release(invoice_id=invoice.pk, reason="お客様がお急ぎ", by=cast.billing, at=TUESDAY)
    newer = issue(cast, invoice_correct(invoice_id=invoice.pk, reason="宛名", by=cast.billing, at=TUESDAY), TUESDAY)
    with pytest.raises(Refused, match=newer.number):
        send(cast, invoice)


@pytest.mark.parametrize("addresses", ["", "x", "a@b", "a@x.example\nb", " ".join(f"{n}@x.example" for n in range(6))])
def test_an_address_that_is_none_is_refused(cast: SimpleNamespace, addresses: str) -> None:
    with pytest.raises(Refused):
        asked(cast, addresses=addresses)
    assert not Recipient.objects.exists()


def test_a_stale_page_does_not_overwrite_the_way(cast: SimpleNamespace) -> None:
    assert asked(cast, version=0).person == "経理課 小川"
    with pytest.raises(Refused, match="meanwhile"):
        asked(cast, version=0)


def test_only_new_addresses_are_asked_about_and_in_one_row(cast: SimpleNamespace, server: type[ScriptedServer]) -> None:
    asked(cast)
    first, second = issued(cast), issued(cast, "D-2")
    send(cast, first, second)
    work()
    later = TUESDAY + timedelta(days=9)
    assert kinds(later) == ["unopened", "unopened"]
    assert watch_sweep(at=later) == 1
    assert watch_sweep(at=later) == 0
    row = Activity.objects.get(source__startswith="watch:unopened")
    assert first.number in row.detail
    assert second.number in row.detail
    invoice_received(invoice_id=first.pk, by=cast.billing, at=later)
    assert kinds(later) == []  # the address is known to be read
    watch_sweep(at=later)
    row.refresh_from_db()
    assert row.state == "done"


def test_the_list_at_the_month_s_end(cast: SimpleNamespace, client_for: Callable[[User], Client]) -> None:
    mailed, unasked = issued(cast), to_send(viewer_for(cast.billing, TUESDAY)).unasked
    assert unasked == [mailed]
    with time_machine.travel(TUESDAY, tick=False):
        clerk, path = client_for(cast.billing), f"/billing/customers/{cast.towa.pk}/recipient/"
        assert "一度伺えば" in clerk.get(path).content.decode()
        typed = {"way": "mail", "addresses": "keiri@towa.example", "person": "経理課", "version": "0"}
        assert clerk.post(path, typed | {"addresses": "x"}).status_code == 422
        assert clerk.post(path, typed).status_code == 302
        issued(cast, "D-2")
        page = clerk.get("/billing/sending/").content.decode()
        assert "請求書2件をメールで送る" in page
        assert "keiri@towa.example" in page
        chosen = {"how": "mail", "idempotency": "0b0f8a3e-4b3f-4c1e-8a51-111111111111", "number": [mailed.number]}
        assert clerk.post("/billing/sending/", chosen | {"number": []}).status_code == 422
        for _tap in range(2):
            assert clerk.post("/billing/sending/", chosen).status_code == 302
        assert Sending.objects.count() == 1
        assert "請求書1件をメールで送る" in clerk.get("/billing/sending/").content.decode()
        again = {"how": "post", "idempotency": "0b0f8a3e-4b3f-4c1e-8a51-222222222222"}
        address = f"/billing/invoices/{mailed.number}/send/"
        assert clerk.post(address, again).status_code == 422
        assert clerk.post(address, again | {"reason": "紙でもご希望"}).status_code == 302
        assert "紙でもご希望" in clerk.get(f"/billing/invoices/{mailed.number}/").content.decode()
        asked(cast, "post", address="愛知県小牧市小牧2-2", postal_code="485-0042")
        assert "小牧2-2" in clerk.get("/billing/sending/post/").content.decode()
        rep = client_for(cast.rep)
        assert rep.post("/billing/sending/", chosen).status_code == 403
        assert "件をメールで送る" not in rep.get("/billing/sending/").content.decode()


def test_all_that_is_posted_is_printed_in_one_go(cast: SimpleNamespace, client_for: Callable[[User], Client]) -> None:
    """Each invoice with the letter that goes into its envelope; two-sided, none stands on the back of another."""
    clerk, path = client_for(cast.billing), "/billing/sending/post/letters.pdf"
    assert clerk.get(path).status_code == 404
    asked(cast, "post", address="愛知県小牧市小牧2-2", postal_code="485-0042")
    first, second = issued(cast), issued(cast, "D-2")
    letter = press().pdf(Sheet.read(second.paper)).data  # any print that can be told from the first
    file = file_store(name="a.pdf", content_type="application/pdf", data=letter, by=None, at=TUESDAY)
    Enclosure.objects.create(invoice=first, file=file, number="誠製-1")

    def told(query: str = "") -> list[str]:
        answer = clerk.get(path + query)
        assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
        pages = [page.extract_text() for page in PdfReader(io.BytesIO(answer.content)).pages]
        return [next((one.number for one in (first, second) if one.number in page), "") for page in pages]

    assert told() == [first.number, second.number, second.number]
    assert told("?sides=2") == [first.number, "", second.number, "", second.number, ""]
    assert path in clerk.get("/billing/sending/post/").content.decode()
    assert client_for(cast.rep).get(path).status_code == 403


def test_by_program(cast: SimpleNamespace, client: Client) -> None:
    with time_machine.travel(TUESDAY, tick=False):
        headers = {"authorization": f"Bearer {token_create(user=cast.billing, at=TUESDAY)}"}

        def call(method: str, path: str, body: object = None) -> tuple[int, Any]:
            answer = getattr(client, method)(f"/api/v1{path}", body, content_type="application/json", headers=headers)
            return answer.status_code, answer.json()

        way = {"way": "mail", "addresses": "keiri@towa.example", "person": "経理課"}
        assert call("get", f"/terms/{cast.towa.pk}/recipient")[1]["way"] == ""
        assert call("put", f"/terms/{cast.towa.pk}/recipient", way | {"way": "pigeon"})[0] == 400
        assert call("put", f"/terms/{cast.towa.pk}/recipient", way)[0] == 200
        invoice = issued(cast)
        body = {"numbers": [invoice.number], "idempotency_key": "k"}
        status, told = call("post", "/invoices/send", body)
        assert (status, told[0]["state"], told[0]["addresses"]) == (200, "waiting", ["keiri@towa.example"])
        assert call("post", "/invoices/send", body)[1] == told
        assert call("post", "/invoices/send", body | {"idempotency_key": "l"})[0] == 409
        one = {"how": "portal", "idempotency_key": "m", "receipt": "P-1", "reason": "サイトにも登録"}
        assert call("post", f"/invoices/{invoice.number}/send", one)[0] == 200
        assert [row["how"] for row in call("get", f"/invoices/{invoice.number}/sendings")[1]] == ["mail", "portal"]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("SMTPRecipientsRefused: {'k@x.example': (550, b'5.1.1 User unknown')}", "宛先が見つかりません"),
        ("SMTPDataError: (552, b'5.2.2 Mailbox full')", "受信箱がいっぱい"),
        ("SMTPDataError: (554, b'5.7.1 Rejected by policy')", "受信を拒みました"),
        ("SMTPDataError: (552, b'5.3.4 Message too big')", "メールが大きすぎて"),
        ("ConnectionRefusedError: [Errno 111] Connection refused", "長時間つながりませんでした"),
        ("SMTPServerDisconnected: Connection unexpectedly closed", "長時間つながりませんでした"),
        ("put aside: 住所変更のため", "取りやめました"),
        ("SMTPDataError: (599, b'?')", "受け取りませんでした"),
    ],
)
def test_why_it_came_back_is_told_in_japanese(words: str, told: str) -> None:
    with translation.override("ja"):
        reason = reason_of(f"k@x.example {words}")
        assert reason.startswith("k@x.example ")
        assert told in reason.removesuffix(f" ({words})")
        assert reason_of("") == ""
