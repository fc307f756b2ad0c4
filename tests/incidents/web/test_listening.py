"""Practices 2-21 and 2-22 on the web: how somebody wants to be met, and the calm page for what they say."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from customers.models import Contact
from incidents.models import Note
from tests.incidents.web.conftest import ClientFor, Matter

pytestmark = pytest.mark.django_db


def test_it_is_chosen_on_its_page_and_read_where_it_helps(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    client, url = client_for(cast.rep), f"{planned.url}acts/note_listening/"
    assert "お話の伺い方を記録する" in client.get(planned.url).content.decode()
    typed = {"contact": cast.okamoto.pk, "way": "speak", "idempotency": "a"}
    assert client.post(url, typed).status_code == 302
    planned.do(cast.rep, "start", "visit")
    for path in (planned.url, planned.step("visit"), f"/customers/{cast.towa.pk}/"):
        assert "まずお話を伺う" in client.get(path).content.decode(), path
    assert "まずお話を伺う" not in client.get(f"{planned.url}timeline/").content.decode(), "it stays in the house"


def test_an_earlier_value_is_proposed(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    Contact.objects.filter(pk=cast.okamoto.pk).update(listening="fast")
    page = client_for(cast.rep).get(f"{matter.url}acts/note_listening/")
    assert page.context["form"].initial == {"contact": cast.okamoto.pk, "way": "fast"}
    assert "専務取締役 岡本様(前回: 早く直す)" in page.content.decode()


def test_whom_the_first_apology_reached_is_proposed_first(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    matter.do(cast.rep, "submit", "first_apology", {"how": "phone", "to": [cast.ogawa.pk]})
    page = client_for(cast.rep).get(f"{matter.url}acts/note_listening/")
    assert page.context["form"].initial["contact"] == cast.ogawa.pk


def test_the_calm_page_keeps_the_customers_words(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    client, url = client_for(cast.rep), f"{matter.url}listening/"
    page = client.get(url).content.decode()
    for words in ("途中で口をはさまず", "電話のあいだは入力せず", matter.number):
        assert words in page
    assert 'class="side"' not in page, "nothing beside the field"
    typed = {"text": "締めに入らない。先に知らせてほしかった", "who": cast.okamoto.pk, "heard_at": "2026-11-24T09:10"}
    for _double in range(2):
        assert client.post(url, {**typed, "idempotency": "heard"}).status_code == 302
    note = Note.objects.get()
    assert (note.kind, note.said_by, note.text) == ("customer", "専務取締役 岡本", typed["text"])
    shown = client.get(matter.url).content.decode()
    assert "11/24(火) 9:10のお話、記録 田中さん" in shown
    claims = client.get(f"{matter.url}acts/note_claims/").content.decode()
    assert "先に知らせてほしかった" in claims, "a source of claims"


def test_what_is_missing_is_said_beside_its_field_and_nothing_is_lost(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    client, url = client_for(cast.rep), f"{matter.url}listening/"
    nobody = client.post(url, {"text": "締めに入らない", "idempotency": "a"})
    assert nobody.status_code == 422
    assert "どなたのお話か書いてください" in nobody.content.decode()
    assert "締めに入らない" in nobody.content.decode()
    ahead = {"text": "締めに入らない", "name": "受付の方", "heard_at": "2026-11-24T23:00", "idempotency": "b"}
    early = client.post(url, ahead)
    assert (early.status_code, "先の時刻" in early.content.decode()) == (400, True)
    assert not Note.objects.exists()


def test_a_sheet_for_the_table_says_nothing_of_ours(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    matter.do(cast.manager, "set_severity", data={"severity": "A"})
    page = client_for(cast.rep).get(f"{matter.url}listening/sheet/").content.decode()
    assert matter.number in page
    assert page.count("<li></li>") == 18
    for words in ("重大", "請求書が届いていない"):
        assert words not in page


def test_who_only_reads_gets_a_sentence(cast: SimpleNamespace, matter: Matter, client_for: ClientFor) -> None:
    assert client_for(cast.auditor).get(f"{matter.url}listening/").status_code == 409
    assert client_for(cast.rep_b).get(f"{matter.url}listening/").status_code == 404
