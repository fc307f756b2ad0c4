"""Debian's chromium against a live server: every test asserts that nothing leaves the host and no policy is broken."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.conf import settings
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, ViewportSize
from pytest_django.live_server_helper import LiveServer

PHONE, DESK = ViewportSize(width=390, height=844), ViewportSize(width=1280, height=900)
ARGS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
    "--disable-sync", "--no-first-run", "--disable-quic",
]  # fmt: skip


@pytest.fixture(scope="session", autouse=True)
def _playwright_runs_its_own_loop() -> Iterator[None]:
    """Playwright keeps an event loop in this thread; Django would take us for asynchronous code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    yield
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


@pytest.fixture(scope="session")
def browser_type_launch_args() -> dict[str, Any]:
    """Debian's chromium, headless."""
    return {"executable_path": "/usr/bin/chromium", "args": ARGS}


class Seat:
    """One person before one screen."""

    def __init__(self, context: BrowserContext, url: str, *, scripts: bool = True) -> None:
        self.context, self.url, self.scripts, self.trouble = context, url, scripts, []
        self.page: Page = context.new_page()
        self.page.on("request", self._stays_here)
        self.page.on("console", self._is_quiet)
        self.page.on("pageerror", lambda error: self.trouble.append(f"script: {error}"))

    trouble: list[str]

    def _stays_here(self, request: Request) -> None:
        if not request.url.startswith((self.url, "data:", "blob:")):
            self.trouble.append(f"left the host: {request.url}")

    def _is_quiet(self, message: ConsoleMessage) -> None:
        if message.type == "error" and "Content Security Policy" in message.text:
            self.trouble.append(message.text)

    def audit(self, *, contrast: bool = True) -> list[str]:
        """What axe finds on the page, and whether it scrolls sideways. axe's own styles are not ours to answer for.

        Contrast takes axe as long as all else together. No rule that is on reads style sheets, which axe would ask the
        server for. A browser without scripts runs no axe."""
        faults = self.sideways()
        if not self.scripts:
            return faults
        before = len(self.trouble)
        options = {
            "resultTypes": ["violations"], "preload": {"assets": ["media"]},
            "rules": {"color-contrast": {"enabled": contrast}},
        }  # fmt: skip
        found = Axe().run(self.page, options=options).response["violations"]
        del self.trouble[before:]
        return faults + [f"{v['id']}: {[node['target'] for node in v['nodes']][:3]}" for v in found]

    def sideways(self) -> list[str]:
        """Whether the page scrolls sideways."""
        self.page.wait_for_load_state()  # a page that was just asked for has no element yet
        wide = "document.documentElement.scrollWidth > document.documentElement.clientWidth"
        return ["scrolls sideways"] if self.page.evaluate(wide) else []

    def go(self, path: str) -> Page:
        """Open an address."""
        self.page.goto(self.url + path)
        return self.page

    def log_in(self, username: str, password: str = "makoto-demo") -> Page:
        """Log in as a person would."""
        page = self.go("/login/")
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", password)
        page.locator("form", has=page.locator("input[name=password]")).locator("button[type=submit]").first.click()
        page.wait_for_url(lambda url: "/login" not in url)
        return page


@pytest.fixture
def seat(browser: Browser, live_server: LiveServer, cast: SimpleNamespace) -> Iterator[Callable[..., Seat]]:
    """Sit somebody down before a phone or a desk; at the end nothing may have left the host or broken the policy."""
    settings.ALLOWED_HOSTS = ["*"]
    seats: list[Seat] = []

    def sit(viewport: ViewportSize, **options: Any) -> Seat:
        # no worker, which would fetch pages ahead that no test asks for; no motion, or an audit meets a half-risen note
        options = {"service_workers": "block", "reduced_motion": "reduce", **options}
        context = browser.new_context(viewport=viewport, locale="ja-JP", timezone_id="Asia/Tokyo", **options)
        context.set_default_timeout(60_000)  # the machine may be busy; nothing here measures time
        seats.append(Seat(context, live_server.url, scripts=options.get("java_script_enabled", True)))
        return seats[-1]

    yield sit
    trouble = [line for one in seats for line in one.trouble]
    for number, one in enumerate(seats):
        if folder := os.environ.get("MAKOTO_SCREENS"):  # where to leave a picture of what everybody saw last
            one.page.screenshot(path=f"{folder}/{number}.png", full_page=True)
        one.context.close()
    assert trouble == []
