"""A basement without a signal: what the phone has at hand, and that what is written there arrives once (2-31)."""

import re
from collections.abc import Callable
from types import SimpleNamespace

import pytest
from playwright.sync_api import FilePayload, Page, expect

from customers.models import Activity
from incidents.models import Incident, Leaf, Note, Opened, Photo
from incidents.steps.opening import SORT
from office.clock import now
from tests.browser.conftest import PHONE, Seat
from tests.incidents.test_photos import picture
from tests.job import Job

expect.set_options(timeout=60_000)  # the machine may be busy; nothing here measures time
pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

Sit = Callable[..., Seat]
AT_HAND = """async (path) => {
    const cache = await caches.open("makoto-pages");
    while (!(await cache.match(path))) await new Promise((later) => setTimeout(later, 50));
}"""
STILL = "Object.defineProperty(navigator, 'onLine', {get: () => true})"  # a signal too weak, of which nobody tells


@pytest.fixture
def visit(cast: SimpleNamespace) -> Job:
    """Tomorrow's apology visit; rep and boss have prepared alternatives."""
    job = Job(cast, now()).planned().wished()
    job.do(cast.rep, "prepare_alternatives")
    job.do(cast.manager, "agree_alternatives")
    job.do(cast.rep, "start", "visit")
    return job


def at_hand(one: Seat, username: str, *paths: str) -> Page:
    """Log in, and wait until the phone has these pages at hand."""
    page = one.log_in(username)
    for path in paths:
        page.evaluate(AT_HAND, path)
    return page


def test_a_visit_without_a_signal(visit: Job, seat: Sit) -> None:
    one = seat(PHONE, service_workers="allow")
    incident = f"/incidents/{visit.number}/"
    here = f"{incident}steps/visit/"
    page = at_hand(one, "rep", "/offline/", here, incident, f"{incident}listening/")
    one.context.set_offline(True)
    one.go("/customers/")
    assert page.title().startswith("圏外です")
    assert one.audit() == []
    page.locator("[data-at-hand] a", has_text="お詫び訪問").click()
    expect(page.locator("[data-kept-note]")).to_contain_text("圏外です")
    offered = page.locator("section[data-shown-by]")
    assert not offered.is_visible(), "never opened with"
    page.locator("input[name=reaction][value=accepted]").check()
    assert not offered.is_visible()
    page.locator("input[name=reaction][value=not_accepted]").check()
    expect(offered).to_contain_text("正しい付属品との交換")
    page.locator("input[name=met]").first.check()
    page.locator("textarea[name=words]").fill("これでは納得できない")
    page.locator("button[value=submit]").click()
    expect(page.locator("[data-unsent]")).to_contain_text("お詫び訪問")
    assert one.audit() == []
    assert visit.case.steps["visit"].submission == 0
    one.context.set_offline(False)
    page.locator("[data-unsent] button").click()
    page.wait_for_url(f"**{incident}")
    assert visit.case.steps["visit"].data["reaction"] == "not_accepted"
    assert Leaf.objects.get(sort=SORT).state == "opened"
    assert not page.locator("[data-unsent]").is_visible()
    page.goto(one.url + "/more/")
    page.locator(".main form[data-logout] button").click()
    page.wait_for_url("**/login/**")
    assert page.evaluate("caches.keys().then(all => all.length)") == 0
    assert page.evaluate("Object.keys(localStorage)") == []


def test_an_answer_that_never_came(visit: Job, seat: Sit) -> None:
    incident = f"/incidents/{visit.number}/"
    boss = seat(PHONE, service_workers="allow")
    at_hand(boss, "manager", "/offline/")
    boss.go(incident)
    assert Opened.objects.filter(user=visit.cast.manager).exists(), "read through the worker, too"
    one = seat(PHONE, service_workers="allow")
    page = at_hand(one, "rep", "/offline/", incident)
    one.context.add_init_script(STILL)
    one.go(incident)
    page.locator("#note_text").fill("受付で専務をお待ちしています")
    one.context.set_offline(True)
    page.locator("button[value=note]").click()
    unsent = page.locator("[data-unsent]")
    expect(unsent).to_contain_text(visit.number)
    expect(page.locator("h1")).to_contain_text("圏外です")
    unsent.get_by_role("button").click()
    expect(unsent).to_be_visible()
    one.context.set_offline(False)
    unsent.get_by_role("button").click()
    page.wait_for_url(f"**{incident}")
    assert [note.text for note in Note.objects.filter(text__startswith="受付で")] == ["受付で専務をお待ちしています"]
    assert page.locator("#note_text").input_value() == ""
    page.locator("#note_text").fill("お会いできました")
    page.locator("button[value=note]").click()
    page.wait_for_load_state()
    expect(page.locator("#note_text")).to_have_value("")
    assert page.evaluate("Object.keys(localStorage)") == []


def test_what_was_settled_meanwhile_comes_back_to_whoever_wrote_it(visit: Job, seat: Sit) -> None:
    one = seat(PHONE, service_workers="allow")
    here = f"/incidents/{visit.number}/steps/visit/"
    page = at_hand(one, "rep", "/offline/", here)
    one.context.set_offline(True)
    one.go(here)
    page.locator("input[name=reaction][value=accepted]").check()
    page.locator("textarea[name=words]").fill("今後は気をつけてほしい")
    page.locator("button[value=submit]").click()
    expect(page.locator("[data-unsent]")).to_contain_text("お詫び訪問")
    visit.do(visit.cast.rep, "withdraw", "", {"text": "お客様のご都合により取り下げ"})
    one.context.set_offline(False)
    page.locator("[data-unsent] .acts button").click()
    link = page.locator("[data-unsent] a")
    expect(link).to_contain_text("受け付けられませんでした")
    one.go("/more/")
    expect(link).to_be_visible()
    log_out = page.locator(".main form[data-logout] button")
    log_out.click()
    expect(page.locator("[data-leaving]")).to_be_visible()
    link.click()
    page.wait_for_url(f"**{here}")
    expect(page.locator("[data-unsent]")).to_contain_text("今後は気をつけてほしい")
    assert one.audit() == []
    page.locator("[data-unsent] li button").click()
    expect(page.locator("[data-unsent]")).to_be_hidden()
    assert page.evaluate("Object.keys(localStorage)") == []
    assert not Activity.objects.filter(number=visit.number, kind="visit", state="open").exists()


def test_a_first_report_with_a_photo_goes_without_it(cast: SimpleNamespace, seat: Sit) -> None:
    one = seat(PHONE, service_workers="allow")
    page = at_hand(one, "rep", "/offline/", "/incidents/new/")
    one.context.set_offline(True)
    one.go("/incidents/new/")
    page.locator("[name=customer]").fill("東和工業株式会社")
    page.locator("[name=summary]").fill("搬送ユニットが停止した")
    page.locator("[name=next_contact][value=today]").check()
    page.locator("details", has=page.locator("#id_album")).locator("summary").click()
    photo = FilePayload(name="a.jpg", mimeType="image/jpeg", buffer=picture())
    page.locator("#id_album").set_input_files(photo)
    page.locator("main button[type=submit].btn-primary").click()
    unsent = page.locator("[data-unsent]")
    expect(unsent).to_contain_text("写真は端末に保存されません")
    assert one.audit() == []
    one.context.set_offline(False)
    unsent.locator(".acts button").click()
    page.wait_for_url(re.compile(r"/incidents/\d+-\d+/$"))
    assert (Incident.objects.count(), Photo.objects.count()) == (1, 0)
