"""No route, role or verb changes what was issued: everybody sends every form and every call there is, at random, and
after each the number, the words, the lines and the bytes of an issued invoice are what they were.

`MAKOTO_PROOF=long` sends far more, `MAKOTO_SEED=n` repeats a run's dice.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from billing import verify
from billing.models import Instalment, Invoice, InvoiceLine
from billing.services import draft_gather, printing, render_invoices
from config.access import RULES
from office.models import File, User
from office.roles import Role
from office.services import token_create
from tests.billing.paperwork import issue
from tests.billing.test_records import CUTOFF, EVENING, SCREW, WATER, delivered
from tests.config.test_access import PAGES, PLAYERS, ROUTES
from tests.proof.dice import LONG, again, dice, often

pytestmark = pytest.mark.django_db
# Dates, tokens and other people's numbers have their own tests; here a route gets what leads to this invoice.
ODD = ("書き換え", "0", "1", "-1", "999", "2026-11-01", "on", "issued", "draft", "", "10")


@pytest.fixture
def issued(cast: SimpleNamespace, monkeypatch: pytest.MonkeyPatch) -> Invoice:
    """An invoice in print, beside a draft that is still open."""
    quick = SimpleNamespace(pdf=lambda sheet: SimpleNamespace(data=f"%PDF {sheet.number}".encode()))
    monkeypatch.setattr(printing, "press", lambda: quick)
    delivered(cast, "D-1", SCREW, WATER)
    draft = draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    invoice = issue(cast, draft, EVENING)
    render_invoices(at=EVENING)
    invoice.refresh_from_db()
    delivered(cast, "D-2", WATER)
    draft_gather(customer_id=cast.towa.pk, until=CUTOFF, by=cast.billing, at=EVENING)
    return invoice


def frozen(invoice: Invoice) -> list[Any]:
    """All that must stay as it was issued."""
    known = Invoice.objects.filter(pk=invoice.pk).values().get()
    row = {name: value for name, value in known.items() if name not in ("sent_at", "sent_how", "received_at")}
    lines = list(InvoiceLine.objects.filter(invoice=invoice).order_by("pk").values())
    days = list(Instalment.objects.filter(invoice=invoice).order_by("pk").values())
    prints = File.objects.filter(invoice=invoice).values_list("data", flat=True)
    return [row, lines, days, [hashlib.sha256(data).hexdigest() for data in prints]]


class Forms(HTMLParser):
    """The forms of a page that are posted: where to, and the fields with the values they show."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path, self.found, self.name = path, list[tuple[str, dict[str, list[str]]]](), ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        known = {name: value or "" for name, value in attrs}
        if tag == "form" and known.get("method", "").lower() == "post":
            self.found.append((known.get("action") or self.path, {}))
        if not self.found:
            return
        fields, name = self.found[-1][1], known.get("name", "")
        if tag in ("input", "button", "textarea") and name:
            fields.setdefault(name, []).append(known.get("value", ""))
        if tag == "select" and name:
            fields[name], self.name = [], name
        if tag == "option" and self.name:
            fields[self.name].append(known.get("value", ""))


def drawn(schema: dict[str, Any], known: dict[str, Any], luck: Random, numbers: dict[str, Any]) -> Any:
    """A value of a JSON schema, where it can be one that leads to the invoice."""
    if "$ref" in schema:
        return drawn(known[schema["$ref"].rpartition("/")[2]], known, luck, numbers)
    if "anyOf" in schema:
        return drawn(luck.choice(schema["anyOf"]), known, luck, numbers)
    if "enum" in schema or "const" in schema:
        return luck.choice(schema.get("enum") or [schema["const"]])
    match schema.get("type"):
        case "object":
            wanted = schema.get("required", [])
            parts = {n: p for n, p in schema.get("properties", {}).items() if n in wanted or luck.random() < 0.6}
            return {name: numbers.get(name) or drawn(part, known, luck, numbers) for name, part in parts.items()}
        case "array":
            return [drawn(schema["items"], known, luck, numbers) for _ in range(luck.randint(1, 2))]
        case "boolean":
            return luck.random() < 0.5
        case "integer" | "number":
            return luck.choice([1, 2, 10, numbers["pk"], 1_000])
        case "string":
            return luck.choice([*ODD, numbers["number"]])
    return None


def sent_by_programs(client: Client, luck: Random, numbers: dict[str, Any]) -> Iterator[str]:
    """Send a call of every sort that takes something; yield what was sent."""
    described = Client().get("/api/v1/openapi.json").json()
    known = described["components"]["schemas"]
    for path, verbs in described["paths"].items():
        for verb, told in verbs.items():
            if verb == "get":
                continue
            there = path
            for argument in told.get("parameters", []):
                name = argument["name"]
                there = there.replace(f"{{{name}}}", str(numbers.get(name, numbers["pk"])))
            content = told.get("requestBody", {}).get("content", {})
            body: Any = {}
            if "application/json" in content:
                body = drawn(content["application/json"]["schema"], known, luck, numbers)
            client.generic(verb.upper(), there, json.dumps(body), content_type="application/json")
            yield f"{verb} {there} {body}"


def sent_by_people(client: Client, luck: Random, numbers: dict[str, Any]) -> Iterator[str]:
    """Open every page and send each of its forms, some fields as they stand and some not; yield what was sent."""
    for name in PAGES:
        if name == "account_logout":
            continue
        path = reverse(name, kwargs={part: numbers.get(part, value) for part, value in ROUTES[name].items()})
        if "POST" in RULES[name]:
            client.post(path, {"version": numbers["version"], "reason": "書き換え", "how": "mail"})
            yield f"post {path}"
        page = client.get(path)
        if page.status_code != 200 or page.streaming or "html" not in page.headers["content-type"]:
            continue
        forms = Forms(path)
        forms.feed(page.content.decode())
        for target, fields in forms.found:
            if "logout" not in target and target.startswith("/"):
                filled = {n: luck.choice([*v, *v, *v, *ODD]) for n, v in fields.items() if v}
                client.post(target, filled)
                yield f"post {target} {filled}"


def sent_as_file(browser: Client, program: Client, invoice: Invoice) -> Iterator[str]:
    """Bring it in from a spreadsheet, well formed, with each cell changed in turn; yield what was sent."""
    row = {
        "請求書番号": invoice.number, "お客様コード": invoice.customer.code, "件名": invoice.subject,
        "税抜金額": invoice.net, "消費税額": invoice.tax, "発行日": invoice.issued_on, "備考": invoice.note,
        "納品日": invoice.delivered_on,
    }  # fmt: skip
    other = {"お客様コード": "C-0002", "件名": "書き換え", "税抜金額": 1, "消費税額": 0, "発行日": "2026-01-05",
             "備考": "振込先が変わりました", "納品日": "2026-01-05", "発行予定日": "2026-01-05"}  # fmt: skip
    for name, value in other.items():
        told = row | {name: value}
        file = "\n".join([",".join(told), ",".join(map(str, told.values()))]).encode()
        for client, path in ((browser, "/billing/import/"), (program, "/api/v1/imports/invoices")):
            client.post(path, {"file": SimpleUploadedFile("a.csv", file, "text/csv"), "import": "1"})
            yield f"{path} {told}"


@pytest.mark.parametrize("role", PLAYERS if LONG else (Role.BILLING,))
def test_nobody_changes_what_was_issued(
    role: Any, cast: SimpleNamespace, issued: Invoice, client_for: Callable[..., Client]
) -> None:
    user: User = getattr(cast, PLAYERS[role])
    token = token_create(user=user, at=EVENING)
    program = Client(headers={"Authorization": f"Bearer {token}"}, raise_request_exception=False)
    before, luck = frozen(issued), dice()
    numbers = {
        "number": issued.number, "pk": issued.pk, "customer": cast.towa.pk, "version": issued.version,
        "customer_id": cast.towa.pk, "instalment": issued.instalments.get().pk,
    }  # fmt: skip
    sent = 0
    for _ in range(often(1, 40)):
        browser = client_for(user, raise_request_exception=False)
        files = sent_as_file(browser, program, issued)
        for attack in (sent_by_programs(program, luck, numbers), sent_by_people(browser, luck, numbers), files):
            for sent, what in enumerate(attack, sent + 1):  # noqa: B007, B020 - it counts on
                assert frozen(issued) == before, f"{what}; {again()}"
    assert sent > 100
    assert list(verify.problems()) == []
