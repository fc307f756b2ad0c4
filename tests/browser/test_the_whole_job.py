"""The whole job in a real browser: the rep on a phone, the managers at a desk, to the letter and the follow-ups."""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from datetime import timedelta
from functools import partial
from types import SimpleNamespace
from typing import Any

import pytest
import time_machine
from django.core.management import call_command
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from billing.models import Invoice
from customers.models import Activity
from incidents import verify
from incidents.models import Incident, IssuedLetter
from office import clock
from tests.browser.conftest import DESK, PHONE, Seat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CAUSE = "納品の記録から請求書を起こす作業を一名の手作業に頼り、もれに気づく確認の工程を設けておりませんでした"
PREVENTION = "作成者とは別の者が納品記録と照合したうえで、すべての請求書を発行いたします"


@pytest.fixture
def story(cast: SimpleNamespace) -> SimpleNamespace:
    """The director's name is hard to print, and an invoice was forgotten forty days ago."""
    cast.okamoto.surname, cast.okamoto.given_name = "髙﨑", "𠮷邉"
    cast.okamoto.save()
    day = clock.local_day(clock.now())
    Invoice.objects.create(
        number="S-20261124-003", customer=cast.towa, subject="制御盤ユニット SK-70", quantity="12台",
        delivery_number="D-20261014-017", delivered_on=day - timedelta(days=40), planned_on=day - timedelta(days=20),
        net=3_116_331, tax=311_633, total=3_427_964, created_at=clock.now(),
    )  # fmt: skip
    return cast


def tidy(seat: Seat) -> Page:
    """Nothing for axe to find, nothing to scroll sideways."""
    assert seat.audit() == [], seat.page.url
    return seat.page


def press(page: Page, command: str) -> None:
    """Press the button of a command, wherever it stands."""
    page.locator(f"button[name=command][value={command}]:not(.visually-hidden)").first.click()


def submitted(page: Page) -> None:
    """The paper was taken: we are back at the incident."""
    page.wait_for_url(re.compile(r"/incidents/\d{4}-\d{4}/$"))


def first_report(seat: Seat) -> str:
    page = seat.log_in("rep")
    tidy(seat)
    page.locator("nav.bottom a.is-report").click()
    page.wait_for_url("**/incidents/new/**")
    tidy(seat)
    assert page.locator(".need").count() == 3  # customer, what happened, next contact
    page.fill("input[name=customer]", "東和工業株式会社")
    page.fill("textarea[name=summary]", "経理の小川様からお電話。10/14納品分の請求書が届いていない")
    page.locator("input[name=next_contact][value=today]").check()
    page.locator(".actbar button.btn-primary").click()
    page.wait_for_url("**/incidents/**")
    if page.locator("input[name=pick][type=radio]").count():
        page.locator("input[name=pick][type=radio]").first.check()
        page.locator(".actbar button.btn-primary").click()
    submitted(page)
    return page.url.rstrip("/").rsplit("/", 1)[-1]


def step(seat: Seat, number: str, name: str, query: str = "") -> Page:
    seat.go(f"/incidents/{number}/steps/{name}/{query}")
    return tidy(seat)


def unfold(page: Page) -> None:
    """Open whatever is folded away."""
    page.evaluate("document.querySelectorAll('main details').forEach(d => d.open = true)")


def change_kind(seat: Seat, number: str) -> None:
    page = seat.go(f"/incidents/{number}/")
    tidy(seat)
    unfold(page)
    page.locator("select[name=kind]").select_option("missed_invoice")
    page.locator("form", has=page.locator("select[name=kind]")).locator("button[value=change_kind]").click()
    page.wait_for_load_state()


def plan(seat: Seat, cast: SimpleNamespace, number: str) -> None:
    page = step(seat, number, "plan")
    page.locator("input[name=fault][value=ours]").check()
    page.fill("[name=cause]", CAUSE)
    page.fill("[name=effect]", "締め処理に間に合わず、お支払いのご計画を組み直していただいた")
    page.fill("[name=prevention]", PREVENTION)
    page.locator(f"input[name=attendees][value='{cast.rep.pk}']").check()
    unfold(page)
    page.locator("input[name=cause_state][value=confirmed]").check()
    page.fill("[name=cause_evidence]", "納品記録と請求書の控えを突き合わせて確かめた")
    page.fill("[name=prevention_from]", (clock.now() + timedelta(days=7)).strftime("%Y-%m-%d"))
    page.locator(f"input[name=meets][value='{cast.okamoto.pk}']").check()
    page.fill("[name=invoice]", "S-20261124-003")
    press(page, "submit")
    submitted(page)


def letter(seat: Seat, cast: SimpleNamespace, number: str) -> None:
    page = step(seat, number, "letter")
    expect(page.locator(".sheet img")).to_be_visible()
    assert page.evaluate("document.querySelector('.sheet img').naturalWidth > 500")
    if page.locator("select[name=signatory]").count():
        page.locator("select[name=signatory]").select_option(str(cast.branch.pk))
    day = clock.now() + timedelta(days=30)
    for box in page.locator("textarea[name^=paragraph]").all():
        text = box.input_value().replace("〔日数〕", "5").replace("〔報告日〕", f"{day.month}月{day.day}日")
        box.fill(text)
    press(page, "submit")
    submitted(page)


@pytest.mark.parametrize("scripts", [True, False], ids=["with scripts", "without scripts"])
def test_the_whole_job(seat: Callable[..., Seat], story: SimpleNamespace, scripts: bool) -> None:
    seat = partial(seat, java_script_enabled=scripts)
    rep, manager = seat(PHONE, has_touch=True), seat(DESK)
    number = first_report(rep)

    page = manager.log_in("manager")
    tidy(manager)
    expect(page.locator("main")).to_contain_text("東和工業")
    change_kind(manager, number)

    page = step(rep, number, "first_apology")
    page.locator("input[name=how][value=phone]").check()
    press(page, "submit")
    submitted(page)
    plan(rep, story, number)

    page = manager.go("/approvals/")
    tidy(manager)
    page = step(manager, number, "plan")
    page.fill("textarea[name=text]", "専務には私から先にお詫びします")
    press(page, "approve_with_remark")
    submitted(page)

    page = step(rep, number, "visit")
    starts = clock.now().astimezone(clock.JST) + timedelta(days=1)
    page.fill("[name=starts]", starts.strftime("%Y-%m-%dT14:00"))
    press(page, "start")
    submitted(page)
    tidy(rep)

    letter(rep, story, number)
    branch = seat(DESK)
    branch.log_in("branch")
    page = step(branch, number, "letter")
    press(page, "approve")
    submitted(page)
    call_command("sweep", stdout=io.StringIO())
    the_letter_on_paper(rep, number)

    page = step(rep, number, "visit")
    unfold(page)
    page.locator(f"input[name=met][value='{story.okamoto.pk}']").check()
    page.locator("input[name=reaction][value=conditional]").check()
    page.fill("[name=words]", "点検の結果を見てから判断する")
    page.fill("[name=conditions]", "点検の結果を書面で見せること")
    press(page, "submit")
    submitted(page)
    page = step(rep, number, "hand_over")
    page.locator("input[name=how][value=handed]").check()
    press(page, "submit")
    submitted(page)

    page = step(manager, number, "compensation")
    page.locator("input[name=decision][value=none]").check()
    page.fill("[name=basis]", "金銭の補償は不要とのお申し出")
    press(page, "submit")
    submitted(page)
    second = seat(DESK)
    second.log_in("manager2")
    page = step(second, number, "compensation")
    press(page, "approve")
    submitted(page)

    prevention(manager, story, number)
    assert Incident.objects.get(number=number).state == "aftercare"
    the_follow_ups_come_by_themselves(rep, number)
    assert list(verify.problems()) == []


def prevention(seat: Seat, cast: SimpleNamespace, number: str) -> None:
    page = step(seat, number, "prevention")
    page.locator("[name$=what]").first.fill("全請求書の二重チェック")
    page.locator("select[name$=scope]").first.select_option("procedure")
    page.locator("select[name$=owner]").first.select_option(str(cast.manager.pk))
    page.locator("[name$=due]").first.fill((clock.now() + timedelta(days=10)).strftime("%Y-%m-%d"))
    press(page, "submit")
    submitted(page)


def the_letter_on_paper(seat: Seat, number: str) -> None:
    page = seat.go(f"/incidents/{number}/")
    href = page.locator("a[href$='.pdf']").first.get_attribute("href")
    answer = page.request.get(f"{seat.url}{href}")
    assert answer.headers["content-type"] == "application/pdf"
    reader = PdfReader(io.BytesIO(answer.body()))
    text = "".join("".join(sheet.extract_text() for sheet in reader.pages).split())
    said = (
        "髙﨑",
        "𠮷邉",
        "3,427,964円",
        "D-20261014-017",
        "謹啓",
        "謹白",
        "以上",
        IssuedLetter.objects.get().number[-9:],
    )
    for words in said:
        assert words in text.replace("\u2060", ""), words
    assert "下書き" not in text
    assert all(font_is_embedded(font) for sheet in reader.pages for font in fonts(sheet))


def fonts(sheet: Any) -> list[Any]:
    return [font.get_object() for font in sheet["/Resources"]["/Font"].values()]


def font_is_embedded(font: Any) -> bool:
    descendant = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
    descriptor = descendant["/FontDescriptor"].get_object()
    return any(name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3"))


def the_follow_ups_come_by_themselves(seat: Seat, number: str) -> None:
    activity = Activity.objects.get(number=number, kind="follow_up", state="open")
    assert activity.due is not None
    with time_machine.travel(activity.due - timedelta(hours=2), tick=True):  # three days later, in the morning
        call_command("sweep", stdout=io.StringIO())
        page = seat.go("/")
        tidy(seat)
        expect(page.locator("main")).to_contain_text("継続フォロー")
        page = step(seat, number, "follow_up")
        page.locator("input[name=how][value=phone]").check()
        page.locator("input[name=reaction][value=accepted]").check()
        press(page, "submit")
        submitted(page)
    assert Activity.objects.filter(number=number, kind="follow_up").count() == 2
