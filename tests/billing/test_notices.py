"""Changes are told ahead: two people, each customer's own letter, and whoever has not answered is asked (3-09)."""

import io
from collections.abc import Callable
from datetime import date, datetime, timedelta
from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pypdf import PdfReader

from billing.models import ChangeNotice, Inquiry, NoticeCopy
from billing.notice_letters import Letters, account_line
from billing.notices import TEXTS, TITLES
from billing.services import (
    NoticeWords,
    Said,
    copy_acknowledge,
    copy_object,
    copy_tell,
    copy_unacknowledge,
    inquiry_answer,
    notice_change,
    notice_check,
    notice_draft,
    notice_posted,
    notice_refuse,
    notice_send,
    notice_withdraw,
    notices_sweep,
    price_put,
    recipient_put,
)
from billing.services.inquiries import Answer
from customers.models import Activity, CareHold, Promise
from office.clock import JST
from office.errors import Refused
from office.models import BankAccount, JournalRow, Outbox, User
from office.services import outbox_send, policy_set, token_create
from tests.cast import make_customer

pytestmark = [pytest.mark.django_db, pytest.mark.both]
ClientFor = Callable[[User], Client]
DAY = date(2027, 1, 15)
OLD, NEW = "三菱UFJ銀行　名古屋支店\n普通　1234567　カ）セイワ", "名古屋銀行　栄支店\n普通　7654321　カ）セイワ"


def words(cast: SimpleNamespace, kind: str = "format", **changes: Any) -> NoticeWords:
    known: dict[str, Any] = {
        "kind": kind, "title": TITLES.get(kind, ""), "text": TEXTS.get(kind, ""), "effective_on": DAY,
        "customers": [cast.towa.pk, cast.hokuriku.pk], "changes": "請求書をPDFで電子メールにてお送りします。",
    }  # fmt: skip
    return NoticeWords(**known | changes)


def bank(cast: SimpleNamespace, **changes: Any) -> NoticeWords:
    return words(cast, "bank", **{"changes": "", "old_account": OLD, "new_account": NEW} | changes)


def draft(cast: SimpleNamespace, at: datetime, told: NoticeWords | None = None) -> ChangeNotice:
    return notice_draft(words=told or words(cast), by=cast.billing, at=at, key="k")


def sent(cast: SimpleNamespace, at: datetime, told: NoticeWords | None = None) -> dict[str, NoticeCopy]:
    """Written, checked, sent by billing, printed; towa by mail, hokuriku by post."""
    recipient_put(customer_id=cast.towa.pk, way="mail", addresses="ogawa@towa.example", person="経理課 小川美紀",
                  by=cast.billing, at=at)  # fmt: skip
    notice = draft(cast, at, told)
    notice_check(notice_id=notice.pk, version=1, by=cast.billing2, at=at)
    notice_send(notice_id=notice.pk, by=cast.billing, at=at)
    notices_sweep(at=at)
    return copies()


def copies() -> dict[str, NoticeCopy]:
    return {copy.customer.code: copy for copy in NoticeCopy.objects.select_related("customer", "notice")}


def tasks(kind: str) -> list[Activity]:
    return list(Activity.objects.open().filter(source__startswith="notice:", source__endswith=f":{kind}"))


def test_it_goes_out_once_by_mail_or_post_and_each_answer_is_kept(cast: SimpleNamespace, at: datetime) -> None:
    found = sent(cast, at)
    towa, hokuriku = found["C-0001"], found["C-0002"]
    assert (towa.state, hokuriku.state) == ("waiting", "post")
    assert towa.file is not None
    assert bytes(towa.file.data).startswith(b"%PDF")
    notices_sweep(at=at)
    mail = Outbox.objects.get(key=f"notice:{towa.pk}:0:0")
    assert (mail.address, mail.file, mail.reply_to) == ("ogawa@towa.example", towa.file, cast.rep.email)
    assert "経理課 小川美紀 様" in mail.body
    assert "令和9年1月15日（金）より" in mail.body
    outbox_send(at=at)
    notices_sweep(at=at)
    assert copies()["C-0001"].state == "sent"
    assert notices_sweep(at=at) == 0  # nothing is left to do
    assert Activity.objects.get(source=f"notice:post:{towa.notice_id}").who == cast.billing
    assert notice_posted(notice_id=towa.notice_id, by=cast.billing, at=at) == 1
    notice_send(notice_id=towa.notice_id, by=cast.billing, at=at)  # the same tap again
    said = Said(way="phone", contact_id=cast.ogawa.pk, note="社内で回覧します")
    copy_acknowledge(copy_id=towa.pk, said=said, by=cast.rep, at=at)
    copy_acknowledge(copy_id=towa.pk, said=said, by=cast.rep, at=at)  # said again
    assert copies()["C-0001"].acknowledged_who == "経理課長 小川"
    with pytest.raises(Refused, match="already"):
        copy_acknowledge(copy_id=towa.pk, said=Said(way="mail"), by=cast.rep2, at=at)
    verbs = JournalRow.objects.filter(about=f"notice {towa.notice.number}").values_list("verb", flat=True)
    assert len(verbs) == 5


def test_who_has_not_answered_is_asked_by_the_one_who_looks_after_them(cast: SimpleNamespace, at: datetime) -> None:
    towa = sent(cast, at)["C-0001"]
    notices_sweep(at=at)
    outbox_send(at=at)
    notices_sweep(at=at)
    assert towa.notice.answer_by == date(2026, 12, 30)  # ten business days before, over New Year and 成人の日
    notices_sweep(at=datetime(2026, 12, 30, 17, 0, tzinfo=JST))
    assert not tasks("ask")
    morning = datetime(2026, 12, 31, 9, 0, tzinfo=JST)
    notices_sweep(at=morning)
    assert [(task.who, task.customer, task.link) for task in tasks("ask")] == [
        (cast.rep, cast.towa, f"/billing/notices/copies/{towa.pk}/")
    ]
    inquiry = copy_object(copy_id=towa.pk, said=Said(way="phone", who="経理課 小川"), words="経理の締めに間に合わない",
                          by=cast.rep, at=morning, key="o")  # fmt: skip
    assert not tasks("ask")
    assert notices_sweep(at=morning) == 0
    inquiry_answer(inquiry_id=inquiry.pk, answer=Answer(outcome="right", answer="翌月からにします"), by=cast.rep,
                   at=morning, key="a")  # fmt: skip
    notices_sweep(at=morning)
    assert tasks("ask")
    day = datetime(2027, 1, 15, 9, 0, tzinfo=JST)
    notices_sweep(at=day)
    assert (len(tasks("ask")), len(tasks("now"))) == (0, 1)
    copy_acknowledge(copy_id=towa.pk, said=Said(way="talk"), by=cast.rep, at=day)
    assert not tasks("now")
    assert notices_sweep(at=day) == 0
    copy_unacknowledge(copy_id=towa.pk, reason="別のお客様でした", by=cast.rep, at=day)
    notices_sweep(at=day)
    assert tasks("now")
    assert Inquiry.objects.get().asked.startswith("請求書の変更のお知らせ")


def test_an_account_takes_two_people_whatever_the_house_rule(cast: SimpleNamespace, at: datetime) -> None:
    policy_set(key="billing.one_person", value=1, by=cast.director, at=at)
    notice = draft(cast, at, bank(cast))
    with pytest.raises(Refused) as alone:
        notice_check(notice_id=notice.pk, version=1, by=cast.billing, at=at)
    assert alone.value.code == "forbidden"
    with pytest.raises(Refused, match="checked by a second person"):
        notice_send(notice_id=notice.pk, by=cast.billing, at=at)
    notice_check(notice_id=notice.pk, version=1, by=cast.billing2, at=at)
    told = bank(cast, new_account=NEW.replace("7654321", "7654322"))
    notice_change(notice_id=notice.pk, words=told, version=1, by=cast.billing2, at=at)
    with pytest.raises(Refused, match="does not check"):
        notice_check(notice_id=notice.pk, version=2, by=cast.billing2, at=at)
    with pytest.raises(Refused, match="meanwhile"):
        notice_check(notice_id=notice.pk, version=1, by=cast.manager, at=at)
    notice_refuse(notice_id=notice.pk, version=2, reason="番号が銀行の書類と違う", by=cast.manager, at=at)
    notice.refresh_from_db()
    assert (notice.state, notice.refused, notice.version) == ("draft", "番号が銀行の書類と違う", 3)
    letter = Letters(notice, [cast.towa]).of(cast.towa, None)
    facts = {fact.label: fact.text for fact in letter.facts}
    assert (facts["新しいお振込先"], facts["これまでのお振込先"]) == (NEW.replace("7654321", "7654322"), OLD)
    assert any("詐欺" in text for text in letter.paragraphs)


def test_whoever_wrote_some_of_it_does_not_check_it(cast: SimpleNamespace, at: datetime) -> None:
    notice = draft(cast, at, bank(cast))
    for version, who in ((1, cast.billing2), (2, cast.manager)):
        notice_change(notice_id=notice.pk, words=bank(cast), version=version, by=who, at=at)
    for who in (cast.billing, cast.billing2, cast.manager):
        with pytest.raises(Refused, match="does not check"):
            notice_check(notice_id=notice.pk, version=3, by=who, at=at)
    notice_check(notice_id=notice.pk, version=3, by=cast.branch, at=at)


def test_the_database_too_wants_two_people_for_an_account(cast: SimpleNamespace, at: datetime) -> None:
    draft(cast, at, bank(cast))
    with pytest.raises(IntegrityError), transaction.atomic():
        ChangeNotice.objects.update(checked_by=cast.billing, state="checked")


def test_another_notice_may_be_checked_alone_by_house_rule_and_the_journal_says_so(
    cast: SimpleNamespace, at: datetime
) -> None:
    policy_set(key="billing.one_person", value=1, by=cast.director, at=at)
    notice = draft(cast, at)
    notice_check(notice_id=notice.pk, version=1, by=cast.billing, at=at)
    assert JournalRow.objects.filter(verb__contains="by one person alone").exists()


def test_each_customer_reads_its_own_new_prices(cast: SimpleNamespace, at: datetime) -> None:
    def price(product: str, yen: int, on: date, customer: int | None = None) -> None:
        price_put(product=product, unit_price=Decimal(yen), from_on=on, customer_id=customer, by=cast.billing, at=at)

    price("ボールねじ", 88_000, date(2026, 4, 1))
    price("ボールねじ", 92_400, DAY)
    price("軸受", 1_200, date(2026, 4, 1), cast.towa.pk)  # towa's own price stays
    price("軸受", 1_300, DAY)
    notice = draft(cast, at, words(cast, "price", changes="", text="原材料の値上がりのため"))
    letters = Letters(notice, [cast.towa, cast.hokuriku])
    assert [change.line for change in letters.changes(cast.towa)] == ["ボールねじ　88,000円 → 92,400円"]
    assert [change.line for change in letters.changes(cast.hokuriku)] == [
        "ボールねじ　88,000円 → 92,400円", "軸受　（新規） → 1,300円",
    ]  # fmt: skip
    for at_once in range(6):
        price(f"部品{at_once}", 100 + at_once, DAY)
    letter = Letters(notice, [cast.towa]).of(cast.towa, None)
    assert letter.facts[-1].text == "別紙のとおり"
    assert len(letter.annexes[0].sections[0].rows) == 7
    later = words(cast, "price", changes="", effective_on=DAY + timedelta(days=1), text="原材料の値上がりのため")
    notice_change(notice_id=notice.pk, words=later, version=1, by=cast.billing, at=at)
    with pytest.raises(Refused, match="nothing changes"):
        notice_check(notice_id=notice.pk, version=2, by=cast.billing2, at=at)


def test_who_is_in_care_is_told_in_person(cast: SimpleNamespace, at: datetime) -> None:
    CareHold.objects.create(customer=cast.towa, source="incident:2026-0001")
    towa = sent(cast, at)["C-0001"]
    notices_sweep(at=at)
    assert towa.state == "held"
    assert not Outbox.objects.filter(key__startswith="notice:").exists()
    assert [task.who for task in tasks("held")] == [cast.rep]
    with pytest.raises(Refused, match="future"):
        copy_tell(copy_id=towa.pk, way="talk", on=at.date() + timedelta(days=1), by=cast.rep, at=at)
    copy_tell(copy_id=towa.pk, way="talk", by=cast.rep, at=at)
    assert not tasks("held")
    assert notices_sweep(at=at) == 0
    other = notice_draft(words=words(cast), by=cast.billing, at=at, key="told anyway")
    notice_check(notice_id=other.pk, version=1, by=cast.billing2, at=at)
    notice_send(notice_id=other.pk, in_care_too=True, by=cast.billing, at=at)
    assert other.copies.get(customer=cast.towa).state == "waiting"


def test_what_comes_back_goes_to_whoever_sent_it(cast: SimpleNamespace, at: datetime) -> None:
    towa = sent(cast, at)["C-0001"]
    notices_sweep(at=at)
    Outbox.objects.filter(key__startswith="notice:").update(state="dead", last_error="550 5.1.1 no such user")
    notices_sweep(at=at)
    towa = copies()["C-0001"]
    assert (towa.state, "no such" in towa.came_back) == ("bounced", True)
    assert [task.who for task in tasks("bounced")] == [cast.billing]
    copy_tell(copy_id=towa.pk, way="mail", by=cast.billing, at=at)
    assert Outbox.objects.get(key=f"notice:{towa.pk}:0:0").state == "dropped"
    notices_sweep(at=at)
    outbox_send(at=at)
    notices_sweep(at=at)
    assert copies()["C-0001"].state == "sent"
    with pytest.raises(Refused, match="already"):
        copy_tell(copy_id=towa.pk, way="post", by=cast.billing, at=at)


def test_one_that_cannot_be_printed_says_so_and_holds_nobody_up(cast: SimpleNamespace, at: datetime) -> None:
    cast.towa.name = "東和工業😀"
    cast.towa.save()
    found = sent(cast, at)
    assert (found["C-0001"].state, found["C-0002"].file is not None) == ("bounced", True)
    assert "😀" in found["C-0001"].came_back


def test_sending_to_many_asks_no_more_than_sending_to_two(cast: SimpleNamespace, at: datetime) -> None:
    counts = []
    for more in (0, 10):
        firms = [make_customer(f"M-{more}-{n}", f"株式会社{more}の{n}", cast.rep) for n in range(more)]
        told = words(cast, customers=[cast.towa.pk, *(firm.pk for firm in firms)])
        notice = notice_draft(words=told, by=cast.billing, at=at, key=f"k{more}")
        notice_check(notice_id=notice.pk, version=1, by=cast.billing2, at=at)
        with CaptureQueriesContext(connection) as asked:
            notice_send(notice_id=notice.pk, by=cast.billing, at=at)
        counts.append(len(asked))
    assert counts[0] == counts[1] < 20


def test_withdrawn_the_told_ones_are_told_so(cast: SimpleNamespace, at: datetime) -> None:
    towa = sent(cast, at)["C-0001"]
    with pytest.raises(Refused, match="on their way"):
        notice_withdraw(notice_id=towa.notice_id, reason="取りやめ", by=cast.billing, at=at)
    notices_sweep(at=at)
    outbox_send(at=at)
    notices_sweep(at=at)
    notice_withdraw(notice_id=towa.notice_id, reason="取りやめ", by=cast.billing, at=at)
    promise = Promise.objects.get()
    assert (promise.customer, promise.owner, promise.what) == (
        cast.towa, cast.rep, "「請求書の変更のお知らせ」を取り消したことのご連絡",
    )  # fmt: skip
    notices_sweep(at=at)
    assert not Activity.objects.open().filter(source__startswith="notice:").exists()
    with pytest.raises(Refused, match="withdrawn"):
        copy_acknowledge(copy_id=towa.pk, said=Said(way="phone"), by=cast.rep, at=at)


@pytest.mark.parametrize(("changes", "field"), [
    ({"effective_on": date(2026, 11, 1)}, "effective_on"), ({"answer_by": date(2027, 2, 1)}, "answer_by"),
    ({"answer_by": date(2026, 1, 1)}, "answer_by"), ({"changes": " "}, "changes"), ({"title": ""}, "title"),
    ({"customers": []}, "customers"), ({"customers": [10**9]}, "customers"), ({"kind": "moon"}, "kind"),
    ({"kind": "bank"}, "new_account"), ({"kind": "bank", "old_account": NEW, "new_account": NEW}, "new_account"),
])  # fmt: skip
def test_what_is_missing_or_wrong_is_named(
    cast: SimpleNamespace, at: datetime, changes: dict[str, Any], field: str
) -> None:
    with pytest.raises(Refused) as refused:
        draft(cast, at, words(cast, **changes))
    assert refused.value.field == field
    assert not ChangeNotice.objects.exists()


def test_an_open_slot_is_not_checked(cast: SimpleNamespace, at: datetime) -> None:
    notice = draft(cast, at, words(cast, "other"))
    with pytest.raises(Refused, match="変更すること"):
        notice_check(notice_id=notice.pk, version=1, by=cast.billing2, at=at)


def test_on_the_pages(cast: SimpleNamespace, at: datetime, client_for: ClientFor) -> None:
    account = BankAccount.objects.create(bank_code="0005", bank_name="三菱UFJ銀行", branch_code="401",
                                         branch_name="名古屋支店", number="7654321", holder="カ）セイワ")  # fmt: skip
    with time_machine.travel(at, tick=False):
        clerk, other, rep = client_for(cast.billing), client_for(cast.billing2), client_for(cast.rep)
        url = "/billing/new/notice/"
        assert "新しい口座" in clerk.get(f"{url}?kind=bank").content.decode()
        typed = {
            "kind": "bank", "title": TITLES["bank"], "text": TEXTS["bank"], "effective_on": f"{DAY}",
            "new_account": account_line(account), "whom": "named", "names": "C-0001\n北陸",
            "idempotency": "6f1f0a52-3f0f-4a83-9d9e-2b2f1a6f6f11",
        }  # fmt: skip
        wrong = clerk.post(url, typed | {"names": "C-0001\nどこにもない"})
        assert wrong.status_code == 422
        assert "どこにもない" in wrong.content.decode()
        assert clerk.post(url, typed).status_code == 302
        assert clerk.post(url, typed).headers["Location"] == "/billing/notices/N26-0001/"  # a double tap
        page = "/billing/notices/N26-0001/"
        assert "確認しました" not in clerk.get(page).content.decode()  # not for whoever wrote it
        assert clerk.post(f"{page}check/", {"version": 1}).status_code == 422
        other_team = client_for(cast.manager_b)  # sees one of the two customers
        assert "北陸" in other_team.get(page).content.decode()
        assert other_team.post(f"{page}check/", {"version": 1}).status_code == 403
        assert other.post(f"{page}check/", {"version": 1}).status_code == 302
        assert clerk.post(f"{page}change/", typed | {"version": 9}).status_code == 422
        assert other.post(f"{page}send/").status_code == 302
        notices_sweep(at=at)
        assert f"{page}letters.pdf" in clerk.get(page).content.decode()
        assert len(PdfReader(io.BytesIO(clerk.get(f"{page}letters.pdf").content)).pages) == 2
        assert rep.get(f"{page}letters.pdf").status_code == 403
        assert rep.post(f"{page}posted/", {"on": f"{at:%Y-%m-%d}"}).status_code == 403
        assert clerk.post(f"{page}posted/", {"on": f"{at:%Y-%m-%d}"}).status_code == 302
        assert clerk.get(f"{page}letters.pdf").status_code == 404  # nothing is to be posted any more
        towa, hokuriku = (copies()[code] for code in ("C-0001", "C-0002"))
        one = f"/billing/notices/copies/{towa.pk}/"
        assert rep.get(f"/billing/notices/copies/{hokuriku.pk}/").status_code == 404
        assert "ご確認待ち" in rep.get(one).content.decode()
        assert "北陸" not in rep.get(page).content.decode()
        assert rep.get(f"{one}paper.pdf").content.startswith(b"%PDF")
        assert rep.post(f"{one}acknowledge/", {"way": "moon"}).status_code == 422
        assert rep.post(f"{one}acknowledge/", {"way": "phone", "contact": cast.ogawa.pk}).status_code == 302
        assert "ご確認済み" in rep.get(f"/customers/{cast.towa.pk}/").content.decode()
        assert rep.post(f"{one}take-back/", {"reason": ""}).status_code == 422
        assert "2社のうち1社がご確認済み" in clerk.get("/billing/notices/").content.decode()
        question = {"way": "phone", "words": "いつの支払から", "idempotency": typed["idempotency"]}
        objected = client_for(cast.rep_b).post(f"/billing/notices/copies/{hokuriku.pk}/object/", question)
        assert objected.headers["Location"].startswith("/billing/inquiries/")


def test_the_whole_way_by_program(cast: SimpleNamespace, at: datetime) -> None:
    def program(user: User) -> Client:
        return Client(headers={"Authorization": f"Bearer {token_create(user=user, at=at)}"})

    with time_machine.travel(at, tick=False):
        clerk, other, rep = program(cast.billing), program(cast.billing2), program(cast.rep)
        told = {
            "kind": "format", "title": "請求書の変更", "text": "さて、変更いたします。", "effective_on": f"{DAY}",
            "customers": [cast.towa.pk], "changes": "PDFでお送りします。", "idempotency_key": "1",
        }  # fmt: skip

        def post(program: Client, path: str, **data: Any) -> Any:
            return program.post(f"/api/v1/notices{path}", data, "application/json")

        assert post(rep, "", **told | {"customers": [cast.hokuriku.pk]}).status_code == 400  # not the rep's
        made = post(clerk, "", **told)
        assert (made.status_code, made.json()["answer_by"]) == (201, "2026-12-30")
        number = made.json()["number"]
        assert post(clerk, f"/{number}/check", version=1).status_code == 403
        changed = {**told, "version": 1, "title": "請求書の書式の変更"}
        put = clerk.put(f"/api/v1/notices/{number}", changed, "application/json")
        assert (put.status_code, put.json()["version"]) == (200, 2)
        assert post(other, f"/{number}/check", version=1).status_code == 409
        assert post(other, f"/{number}/refuse", version=2, reason="表題").json()["refused"] == "表題"
        assert post(other, f"/{number}/check", version=3).json()["state"] == "checked"
        one = post(clerk, f"/{number}/send", in_care_too=False).json()["copies"][0]
        assert (one["state"], one["way"]) == ("post", "post")
        assert post(clerk, f"/{number}/posted").status_code == 409  # not printed yet
        notices_sweep(at=at)
        assert post(clerk, f"/{number}/posted", on=f"{at:%Y-%m-%d}").json()["told"] == 1
        path = f"/copies/{one['id']}"
        assert post(rep, f"{path}/tell", way="talk").status_code == 409
        asked = post(rep, f"{path}/object", way="phone", words="控えも要る", idempotency_key="2").json()
        assert asked["objection"] == Inquiry.objects.get().number
        assert (
            post(rep, f"{path}/acknowledge", way="phone", who="経理課 小川様").json()["acknowledged_who"]
            == "経理課 小川"
        )
        assert post(rep, f"{path}/take-back", reason="間違い").json()["acknowledged_at"] is None
        assert rep.get("/api/v1/notices?state=sent").json()[0]["acknowledged"] == 0
        assert post(clerk, f"/{number}/withdraw", reason="延期").json()["state"] == "withdrawn"
        assert rep.get(f"/api/v1/notices/{number}").json()["withdrawn"] == "延期"
