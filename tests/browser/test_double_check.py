"""二重チェック with the keyboard: one key for each draft, never while one types; without scripts by buttons (0-13)."""

from collections.abc import Callable
from decimal import Decimal
from types import SimpleNamespace

import pytest
from playwright.sync_api import Page, expect

from billing.models import Invoice
from billing.services import Line, draft_gather
from tests.billing.test_records import CUTOFF, EVENING, delivered
from tests.browser.conftest import DESK, PHONE, Seat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
Sit = Callable[..., Seat]


@pytest.fixture
def drafts(cast: SimpleNamespace) -> list[Invoice]:
    """Three drafts that somebody should look at, as they stand in the list."""
    found = []
    for n in (3, 2, 1):
        delivered(cast, f"D-{n}", Line(description="諸経費", quantity=Decimal(1), unit_price=Decimal(n * 10_000)))
        found.append(draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING))
    return found


def states(drafts: list[Invoice]) -> list[str]:
    rows = {row.pk: row for row in Invoice.objects.all()}
    return ["sent back" if rows[draft.pk].refused else rows[draft.pk].state for draft in drafts]


def in_focus(page: Page) -> str:
    return str(page.evaluate("document.activeElement.closest('tr')?.querySelector('td.meta').innerText ?? ''"))


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def test_each_draft_has_its_keys(drafts: list[Invoice], seat: Sit) -> None:
    one = seat(DESK)
    one.log_in("billing2")
    page = one.go("/billing/check/")
    press(page, "c", "r", "o")  # no row is in focus: nothing is done
    press(page, "j")
    assert in_focus(page) == drafts[0].number
    press(page, "ArrowDown", "ArrowDown", "j", "ArrowUp")  # there is nothing after the last
    assert in_focus(page) == drafts[1].number
    with page.expect_navigation():
        press(page, "c")
    expect(page.locator("tbody tr")).to_have_count(2)
    assert states(drafts) == ["draft", "checked", "draft"]
    assert in_focus(page) == drafts[2].number  # it has come to the place of the one confirmed
    press(page, "k", "r")
    field = page.locator(f"#reason-{drafts[0].pk}")
    assert field.evaluate("it => it === document.activeElement")
    page.keyboard.type("cork?j")
    assert (field.input_value(), page.locator("#menu").is_visible()) == ("cork?j", False)
    with page.expect_navigation():
        press(page, "Enter")
    assert states(drafts) == ["sent back", "checked", "draft"]
    assert "cork?j" in page.locator("tbody tr", has_text=drafts[0].number).inner_text()
    press(page, "o")
    page.wait_for_url(f"**/billing/invoices/{drafts[0].number}/")


def test_a_key_held_down_and_one_s_own_draft_do_nothing(
    cast: SimpleNamespace, drafts: list[Invoice], seat: Sit
) -> None:
    Invoice.objects.filter(pk=drafts[0].pk).update(created_by=cast.billing2)
    one = seat(DESK)
    one.log_in("billing2")
    page = one.go("/billing/check/")
    press(page, "j", "c", "r", "j")
    page.evaluate("""() => document.activeElement.dispatchEvent(
        new KeyboardEvent("keydown", { key: "c", repeat: true, bubbles: true }))""")
    press(page, "r", "Escape")
    assert (in_focus(page), states(drafts)) == (drafts[1].number, ["draft"] * 3)


def test_the_menu_shows_the_keys(drafts: list[Invoice], seat: Sit) -> None:
    one = seat(DESK)
    one.log_in("billing2")
    page = one.go("/billing/check/")
    press(page, "?")
    assert "差し戻す" in page.locator("#menu").inner_text()
    press(page, "Escape")
    assert one.audit() == []


def test_the_buttons_do_the_same_without_scripts(drafts: list[Invoice], seat: Sit) -> None:
    one = seat(PHONE, java_script_enabled=False)
    page = one.go("/login/")
    page.locator(".demo form", has=page.locator("input[value=billing2]")).get_by_role("button").click()
    page = one.go("/billing/check/")
    assert page.locator("main kbd:visible").count() == 0
    page.get_by_role("button", name=f"確認済みにする {drafts[0].number}").click()
    row = page.locator("tbody tr", has_text=drafts[1].number)
    row.locator("summary").click()
    row.get_by_label("直していただきたいこと").fill("何の費用かを書く")
    row.get_by_role("button", name="下書きを差し戻す").click()
    page.wait_for_url("**/billing/check/")
    assert states(drafts) == ["checked", "sent back", "draft"]
