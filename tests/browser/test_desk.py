"""The desk in a real browser: narrow and wide, with the keyboard, without scripts, and as assistive tools read it."""

from collections.abc import Callable
from datetime import timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from customers.services import ActivityRow, activities_put
from office.clock import now
from tests.browser.conftest import DESK, PHONE, Seat

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Sit = Callable[..., Seat]
NARROW = {"width": 360, "height": 740}
PAGES = ("/", "/approvals/", "/search/?q=東和", "/more/")


@pytest.fixture
def busy(cast: SimpleNamespace) -> SimpleNamespace:
    """A rep and a boss with one row of every kind before them."""
    at = now()
    for who in (cast.rep, cast.manager):
        for kind in ("step", "approval", "visit", "call", "promise", "follow_up", "notice"):
            row = ActivityRow(
                source=f"{who.username}-{kind}", kind=kind, label="Action plan", detail="「まだですか」と専務",
                who_id=who.pk, customer_id=cast.towa.pk, number="2026-0151", link="/more/", waiting=kind == "call",
                starts=at + timedelta(minutes=30) if kind == "visit" else None, due=at + timedelta(hours=26),
            )  # fmt: skip
            activities_put([row], at=at)
    return cast


def faults(page: Page) -> list[Any]:
    """What axe finds wrong."""
    return [
        (fault["id"], [node["html"] for node in fault["nodes"]]) for fault in Axe().run(page).response["violations"]
    ]


def overflow(page: Page) -> int:
    """How many pixels the page is wider than its screen."""
    return int(page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth"))


@pytest.mark.parametrize(("viewport", "scheme"), [(NARROW, "light"), (DESK, "dark")])
@pytest.mark.parametrize("username", ["rep", "manager"])
def test_every_page_is_readable_for_all(
    busy: SimpleNamespace, seat: Sit, viewport: dict[str, int], scheme: str, username: str
) -> None:
    one = seat(viewport, color_scheme=scheme, bypass_csp=True)  # axe brings a style of its own
    assert faults(one.go("/login/")) == []
    one.log_in(username)
    for path in PAGES:
        page = one.go(path)
        assert faults(page) == [], path
        assert overflow(page) == 0, path


def test_everything_important_is_a_thumb_high(busy: SimpleNamespace, seat: Sit) -> None:
    one = seat(PHONE, has_touch=True)
    page = one.log_in("rep")
    heights = page.eval_on_selector_all(
        ".main .btn, .bottom a, .top .btn", "all => all.filter(e => e.checkVisibility()).map(e => e.offsetHeight)"
    )
    assert heights
    assert min(heights) >= 48


def test_the_keyboard_leads_everywhere(busy: SimpleNamespace, seat: Sit) -> None:
    one = seat(DESK)
    page = one.log_in("manager")
    page.keyboard.press("g")
    page.keyboard.press("a")
    page.wait_for_url("**/approvals/")
    page.keyboard.press("/")
    menu = page.locator("#menu")
    menu.wait_for()
    page.keyboard.type("とうわ")
    menu.get_by_role("link", name="東和工業様").wait_for()
    page.keyboard.press("Escape")
    menu.wait_for(state="hidden")
    page.keyboard.press("g")
    page.keyboard.press("t")
    page.wait_for_url(one.url + "/")


def test_keys_lead_on_while_the_focus_is_still_in_the_closed_menu(busy: SimpleNamespace, seat: Sit) -> None:
    one = seat(DESK)
    page = one.log_in("manager")
    page.evaluate("""() => {
        const menu = document.getElementById("menu"), field = menu.querySelector("input");
        menu.showModal();
        menu.close();
        for (const key of ["g", "a"]) field.dispatchEvent(new KeyboardEvent("keydown", { key, bubbles: true }));
    }""")
    page.wait_for_url("**/approvals/")


def test_letters_typed_into_a_field_are_no_shortcut(busy: SimpleNamespace, seat: Sit) -> None:
    one = seat(DESK)
    one.log_in("rep")
    page = one.go("/search/")
    page.locator("#q").press_sequentially("gt/n")
    assert page.locator("#q").input_value() == "gt/n"


def test_the_desk_works_without_scripts(busy: SimpleNamespace, seat: Sit) -> None:
    one = seat(PHONE, java_script_enabled=False)
    page = one.go("/login/")
    page.locator(".demo form", has=page.locator("input[value=rep]")).get_by_role("button").click()
    assert page.title().startswith("本日の対応(")
    page = one.go("/more/")
    page.locator(".main button[value=en]").click()
    assert page.title().startswith("More")


def test_logging_out_leaves_no_draft_on_the_device(busy: SimpleNamespace, seat: Sit) -> None:
    one = seat(DESK)
    page = one.log_in("rep")
    page.evaluate("localStorage.setItem('makoto:draft:1:x', '{}')")
    page.locator("details.me summary").click()
    page.locator("details.me form[data-logout] button").click()
    page.wait_for_url("**/login/**")
    assert page.evaluate("Object.keys(localStorage)") == []
