"""Alternatives, agreements and losses on the pages; and nobody finds the former before their time."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from types import SimpleNamespace
from typing import Any

import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

from config.access import RULES
from customers.models import Promise
from incidents.forms.acts import ACTS
from incidents.models import Incident, Leaf
from incidents.orders import ORDERS
from office import clock
from office.models import User
from office.services import token_create
from tests.incidents.web.conftest import ClientFor, Matter
from tests.proof.dice import LONG

pytestmark = pytest.mark.django_db
SECRET, REASON = "倉庫の予備機との交換", "見積りがまだ"
WORDS = (
    SECRET,
    REASON,
    "代替案を承認",
    "代替案を差戻",
    "反応の記録後に開きます",
    "alternatives_back",
    "987,654",
    "987654",
)
WRITERS = ("rep", "manager")
# Colleagues and those who see everything; in the long form every role walks.
OUTSIDE = ("rep2", "director") + LONG * ("manager2", "auditor", "rep_b", "tech", "billing", "branch", "admin")


def sheet(**more: Any) -> dict[str, Any]:
    return {
        "options-lines": "2", "options-0-what": SECRET, "options-0-kind": "replace", "options-0-cost": "30000",
        "options-1-what": "", "options-1-kind": "", "options-1-cost": "", "who": "", "idempotency": "a1", **more,
    }  # fmt: skip


@pytest.fixture
def planned(cast: SimpleNamespace, planned: Matter) -> Matter:
    """The plan is approved, and what the customer really wishes is known."""
    planned.do(cast.rep, "note_claims")
    return planned


@pytest.fixture
def secret(cast: SimpleNamespace, planned: Matter) -> Matter:
    """One set agreed to, one given back, a third that waits: nothing of it is open."""
    options = {"options": [{"what": SECRET, "kind": "replace", "cost": 987_654}]}
    planned.do(cast.rep, "prepare_alternatives", data=options)
    planned.do(cast.manager, "agree_alternatives")
    planned.do(cast.rep, "prepare_alternatives", data=options)
    pk = Leaf.objects.latest("pk").pk
    planned.do(cast.manager, "return_alternatives", data={"leaf": pk, "text": REASON})
    planned.do(cast.rep, "prepare_alternatives", data=options)
    return planned


def routes(found: list[Any], prefix: str = "") -> list[tuple[str, dict[str, Any]]]:
    """Every route of the house with the converters of its arguments."""
    every = []
    for entry in found:
        path = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            every += routes(entry.url_patterns, path)
        elif isinstance(entry, URLPattern):
            every.append((path, dict(entry.pattern.converters)))
    return every


def addresses(matter: Matter, cast: SimpleNamespace) -> list[str]:
    """Every address there is, with this incident, this customer and every act and step filled in."""
    row = matter.row
    values: dict[str, list[Any]] = {
        "number": [matter.number], "step": list(row.case["steps"]), "command": list(ACTS), "pk": [cast.towa.pk, row.pk],
        "place": [0], "customer_id": [cast.towa.pk], "promise_id": [Promise.objects.latest("pk").pk],
    }  # fmt: skip
    found = []
    for path, converters in routes(get_resolver().url_patterns):
        filled = ["/" + path.replace("\\Z", "").replace("^", "").replace("$", "")]
        for name in converters:
            part = next(p for p in path.replace(">", "<").split("<") if p.partition(":")[2] == name or p == name)
            given = values.get(name, [cast.towa.pk])
            filled = [one.replace(f"<{part}>", str(value)) for one in filled for value in given]
        found += filled
    return [address for address in found if "logout" not in address]


def text_of(client: Client, address: str) -> str:
    """What an address answers, whatever it is."""
    answer: Any = client.get(address)
    whole: bytes = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return whole.decode("utf-8", "ignore")


QUERIES = ("", f"?q={SECRET}", "?show=approvals", "?act=assign")


def test_the_walk_of_all_addresses_finds_what_there_is_to_find(
    cast: SimpleNamespace, secret: Matter, client_for: ClientFor
) -> None:
    everywhere = addresses(secret, cast)
    assert f"/incidents/{secret.number}/timeline/" in everywhere
    assert f"/api/v1/incidents/{secret.number}" in everywhere
    assert f"/incidents/{secret.number}/steps/compensation/" in everywhere
    writer = client_for(cast.rep)
    mine = {address for address in everywhere if SECRET in text_of(writer, address)}
    assert mine == {f"{secret.url}", f"{secret.url}acts/prepare_alternatives/"}


@pytest.mark.parametrize("name", OUTSIDE)
def test_no_address_tells_anybody_else_of_them(
    cast: SimpleNamespace, secret: Matter, client_for: ClientFor, name: str
) -> None:
    user: User = getattr(cast, name)
    program = Client(headers={"authorization": f"Bearer {token_create(user=user, at=clock.now())}"})
    browser, told = client_for(user), []
    for address in addresses(secret, cast):
        for query in QUERIES if address in (secret.url, "/incidents/", "/search/") else QUERIES[:1]:
            client = program if address.startswith("/api/") else browser
            said = text_of(client, address + query).replace(query[3:] or "\0", "")
            told += [(address + query, word) for word in WORDS if word in said]
    assert told == []


def test_whoever_posts_what_is_not_theirs_finds_nothing(
    cast: SimpleNamespace, secret: Matter, client_for: ClientFor
) -> None:
    other = Matter(cast, secret.at, key="empty")
    leaf = Leaf.objects.filter(sort="alternatives", state="agreed").get()
    papers: dict[str, dict[str, Any]] = {
        "agree_alternatives": {"leaf": leaf.pk}, "return_alternatives": {"leaf": leaf.pk, "text": "差戻す"},
        "open_alternatives": {"text": "開く"}, "offer_made": {"option": f"{leaf.pk}:0", "answer": "declined"},
    }  # fmt: skip
    for name in ("rep2", "manager2", "director", "tech"):
        user = getattr(cast, name)
        client = client_for(user)
        program = Client(headers={"authorization": f"Bearer {token_create(user=user, at=clock.now())}"})
        for command, data in papers.items():
            answers = []
            for matter in (secret, other):
                page = client.post(f"{matter.url}acts/{command}/", {**data, "idempotency": "x"})
                shown = client.get(f"{matter.url}acts/{command}/")
                said = program.post(
                    f"/api/v1/incidents/{matter.number}/commands", {"command": command, "data": data},
                    content_type="application/json",
                )  # fmt: skip
                answers.append((page.status_code, shown.status_code, said.status_code, said.json()))
                assert SECRET not in page.content.decode()
            assert answers[0] == answers[1], (name, command)
    assert Leaf.objects.get(pk=leaf.pk).confidential


def test_the_writer_and_the_boss_see_them_on_the_page(
    cast: SimpleNamespace, secret: Matter, client_for: ClientFor
) -> None:
    for name in WRITERS:
        page = client_for(getattr(cast, name)).get(secret.url).content.decode()
        assert SECRET in page
        assert "反応の記録後に開きます" in page
        assert "封印" not in page
    assert SECRET not in client_for(cast.rep).get(f"{secret.url}timeline/").content.decode()


def test_who_wrote_them_has_them_folded_on_the_page_of_the_visit(
    cast: SimpleNamespace, secret: Matter, client_for: ClientFor
) -> None:
    secret.do(cast.rep, "start", "visit")
    page = client_for(cast.rep).get(secret.step("visit")).content.decode()
    shown_by = 'data-shown-by="reaction=not_accepted reaction=conditional asks_proposal=on"'
    folded = page.partition(shown_by)[2].partition("</section>")[0]
    assert " hidden>" in folded
    assert SECRET in folded
    assert page.count(SECRET) == 1, "of three sets the one agreed to"
    assert SECRET not in client_for(cast.rep2).get(secret.step("visit")).content.decode()


def test_alternatives_are_written_line_by_line(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    client, url = client_for(cast.rep), f"{planned.url}acts/prepare_alternatives/"
    assert client.get(url).status_code == 200
    more = client.post(url, sheet(command="line")).content.decode()
    assert 'name="options-2-what"' in more
    assert SECRET in more
    assert client.post(url, sheet()).status_code == 302
    leaf = Leaf.objects.get(sort="alternatives")
    assert [option["what"] for option in json.loads(leaf.text)["options"]] == [SECRET]
    assert client.post(url, sheet()).status_code == 302
    assert Leaf.objects.filter(sort="alternatives").count() == 1
    again = client.get(url).content.decode()
    assert SECRET in again


def test_before_the_real_wish_is_known_the_page_leads_to_where_it_is_written(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    client, claims = client_for(cast.rep), f"{matter.url}acts/note_claims/"
    url = f"{matter.url}acts/prepare_alternatives/"
    assert url in client.get(matter.url).content.decode(), "it stands on the list of acts all the same"
    for answer in (client.get(url), client.post(url, sheet())):
        page = answer.content.decode()
        assert (answer.status_code, "先に、お申し出とあわせてご希望の核心を記録してください" in page) == (409, True)
        assert f'href="{claims}"' in page
    assert SECRET in page, "what was typed is given back"
    assert not Leaf.objects.exists()
    matter.do(cast.rep, "note_claims")
    assert client.post(url, sheet(idempotency="a2")).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"options-0-owed": "on"}, "「当面の対応」にお書きください"),
        ({"options-0-what": ""}, "未記入の欄があります"),
        ({"options-0-what": "", "options-0-cost": ""}, "1件以上"),
        ({"options-0-what": "a\0b"}, ""),
        ({"options-0-cost": "-1"}, "未記入の欄があります"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor, wrong: dict[str, str], sentence: str
) -> None:
    answer = client_for(cast.rep).post(f"{planned.url}acts/prepare_alternatives/", sheet(**wrong))
    assert answer.status_code in (400, 422)
    assert sentence in answer.content.decode()
    assert not Leaf.objects.filter(sort="alternatives").exists()


def test_a_made_up_count_of_lines_does_no_harm(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    url = f"{planned.url}acts/prepare_alternatives/"
    for count in ("999999999999", "-1", "x", "０"):
        answer = client_for(cast.rep).post(url, sheet(**{"options-lines": count, "idempotency": f"k{count}"}))
        assert answer.status_code == 302


def test_the_boss_agrees_with_one_tap_or_gives_them_back(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    client_for(cast.rep).post(f"{planned.url}acts/prepare_alternatives/", sheet())
    boss, pk = client_for(cast.manager), Leaf.objects.get(sort="alternatives").pk
    page = boss.get(planned.url).content.decode()
    assert "代替案を承認する" in page
    assert "見ていただきたい" in boss.get("/").content.decode()
    back = f"{planned.url}acts/return_alternatives/"
    assert boss.get(f"{back}?leaf={pk}").status_code == 200
    assert boss.post(back, {"leaf": pk, "text": "", "idempotency": "b0"}).status_code == 422
    agree = f"{planned.url}acts/agree_alternatives/"
    assert boss.get(agree).status_code == 200
    assert boss.post(agree, {"leaf": pk, "idempotency": "b1"}).status_code == 302
    assert boss.post(agree, {"leaf": pk, "idempotency": "b1"}).status_code == 302
    assert boss.post(agree, {"leaf": pk, "idempotency": "b2"}).status_code in (404, 409)
    assert boss.get(agree).status_code == 409
    opening = f"{planned.url}acts/open_alternatives/"
    assert boss.get(opening).status_code == 200
    assert boss.post(opening, {"text": "お電話でご相談", "idempotency": "b3"}).status_code == 302
    assert SECRET in client_for(cast.auditor).get(planned.url).content.decode()


def test_on_site_they_open_and_the_answers_are_noted(
    cast: SimpleNamespace, secret: Matter, client_for: ClientFor, at: datetime
) -> None:
    secret.do(cast.rep, "start", "visit")
    rep = client_for(cast.rep)
    visit = {
        "met": [cast.okamoto.pk], "reaction": "not_accepted", "words": "全部いらない。お金を返して", "gift": "none",
        "command": "submit", "submission": "0", "idempotency": "v1",
    }  # fmt: skip
    assert "お客様から対応案のご相談" in rep.get(secret.step("visit")).content.decode()
    assert rep.post(secret.step("visit"), visit).status_code == 302
    page = rep.get(secret.url).content.decode()
    assert "ご提案できます" in page
    assert SECRET in client_for(cast.director).get(secret.url).content.decode()
    key = f"{Leaf.objects.get(sort='alternatives', state='opened').pk}:0"
    offer = f"{secret.url}acts/offer_made/"
    assert f'value="{key}"' in rep.get(f"{offer}?option={key}").content.decode()
    said = {"option": key, "answer": "counter", "words": "正しい方の代金は払う", "idempotency": "o1"}
    assert rep.post(offer, said).status_code == 302
    assert rep.post(offer, {**said, "option": "0:0", "idempotency": "o2"}).status_code == 422
    counter = f"{secret.url}acts/counter_offer/"
    assert rep.get(counter).status_code == 200
    assert rep.post(counter, {"text": "半分は持つ", "amount": "50000", "idempotency": "c1"}).status_code == 302
    agreement = f"{secret.url}acts/agreement/"
    assert "半分は持つ" in rep.get(agreement).content.decode()
    terms = {"text": "取付けは当社", "payer": "us", "amount": "300000", "by": f"{at + timedelta(days=5):%Y-%m-%d}"}
    refused = rep.post(agreement, {**terms, "idempotency": "g1"})
    assert "100,000円を超える合意は、補償の検討の承認後に記録できます" in refused.content.decode()
    assert rep.post(agreement, {**terms, "amount": "50000", "idempotency": "g2"}).status_code == 302
    page = rep.get(secret.url).content.decode()
    assert all(
        words in page for words in ("別のご提案", "正しい方の代金は払う", "半分は持つ", "取付けは当社", "50,000円")
    )


def test_the_review_knows_what_was_lost_and_agreed(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor, at: datetime
) -> None:
    rep, boss = client_for(cast.rep), client_for(cast.manager)
    url = f"{planned.url}acts/loss_sheet/"
    assert rep.get(url).status_code == 200
    lines = {
        "losses-lines": "1", "losses-0-sort": "stoppage", "losses-0-quantity": "4", "losses-0-unit": "時間",
        "losses-0-yen": "120000", "losses-0-basis": "日報の写し", "idempotency": "l1",
    }  # fmt: skip
    assert rep.post(url, lines).status_code == 302
    planned.do(cast.rep, "agreement")
    planned.do(cast.rep, "agreement", data={
        "text": "4時間分の手当", "amount": 80_000, "payer": "us", "by": f"{at + timedelta(days=5):%Y-%m-%d}"
    })  # fmt: skip
    page = boss.get(planned.step("compensation")).content.decode()
    begun = ("120,000円", "日報の写し", 'value="80000"', "4時間分の手当", "停止時間: 4時間")
    assert all(words in page for words in begun)
    planned.do(cast.manager, "submit", "compensation", {"decision": "compensate", "amount": 80_000, "basis": "合意"})
    planned.do(cast.manager2, "approve", "compensation", {})
    told = f"{planned.url}acts/told_to_customer/"
    assert told in boss.get(planned.step("compensation")).content.decode()
    assert rep.get(told).status_code == 200
    facts = {"told_on": f"{at:%Y-%m-%d}", "to": [cast.ogawa.pk], "what": "値引きの請求書", "idempotency": "t1"}
    refused = rep.post(told, facts)
    assert "お客様への対応と期日" in refused.content.decode()
    due = f"{at + timedelta(days=2):%Y-%m-%dT%H:%M}"
    assert rep.post(told, {**facts, "by": due, "idempotency": "t2"}).status_code == 302
    assert Promise.objects.filter(what="値引きの請求書", to_contact=cast.ogawa).exists()
    assert "値引きの請求書" in boss.get(planned.step("compensation")).content.decode()


@pytest.mark.parametrize("command", sorted({"prepare_alternatives", "counter_offer", "agreement", "loss_sheet"}))
def test_who_only_reads_writes_none_of_it(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor, command: str
) -> None:
    url = f"{planned.url}acts/{command}/"
    for name, seen in (("auditor", 409), ("admin", 404), ("tech", 409)):
        assert client_for(getattr(cast, name)).get(url).status_code == seen
        assert client_for(getattr(cast, name)).post(url, {"text": "x", "idempotency": "z"}).status_code >= 400
    assert client_for(cast.rep_b).get(url).status_code == 404
    assert RULES["incidents:act"]
    assert command in ORDERS
    assert Incident.objects.count() == 1


def test_a_page_of_acts_asks_little_at_first() -> None:
    for command, form in ACTS.items():
        assert len(set(form.base_fields) - set(form.folded)) <= 5, command
