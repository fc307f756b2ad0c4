"""Never speak ill of the customer: a hint, never a lock (practice 4-15)."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from incidents.manners import SHOWN, hints, hints_in
from incidents.models import Note
from tests.incidents.test_api import Program
from tests.incidents.web.conftest import ClientFor, Matter

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("text", "quotes"),
    [
        ("クレーマーなので注意", ["クレーマー"]),
        ("またクレームが来た。うるさい人だ", ["クレーム", "うるさい"]),
        ("お客様のミスだと思う", ["お客様のミス"]),
        ("専務がキレて帰られた", ["キレ"]),
        ("しつこく電話してくる面倒な客", ["しつこく", "面倒な客"]),
        ("客が怒っている", ["客"]),
        ("文句、文句、また文句", ["文句"]),
    ],
)
def test_what_one_would_not_read_aloud_to_them_is_shown(text: str, quotes: list[str]) -> None:
    assert [hint.quote for hint in hints(text)] == quotes


@pytest.mark.parametrize(
    "text",
    [
        "お客様より、納品書の数量が違うとのお電話",
        "顧客名簿を確認した",
        "強いお叱りをいただいた",
        "糸が切れて機械が止まった",
        "乗客の方",
        "原因は弊社の手順にありました",
        "付け値の話",
        "来客中のため折返し",
    ],
)
def test_plain_words_are_left_alone(text: str) -> None:
    assert hints(text) == []


def test_a_hint_names_a_plainer_word_and_there_are_not_too_many() -> None:
    assert "お申し出" in hints("クレーム")[0].message
    assert hints("バカ")[0].cure == ""
    many = "クレーム 文句 しつこい うるさい わがまま 非常識 無理難題"
    assert len(hints(many)) == SHOWN


def test_words_are_found_however_deep_they_stand() -> None:
    assert [hint.quote for hint in hints_in({"claims": [{"said": "文句"}], "n": 3, "text": ""})] == ["文句"]


def test_it_is_shown_while_one_writes_and_the_note_is_sent_all_the_same(
    cast: SimpleNamespace, matter: Matter, client_for: ClientFor
) -> None:
    client = client_for(cast.rep)
    part = client.post("/incidents/wording/", {"text": "しつこい"}).content.decode()
    assert "見直し候補" in part
    assert "見直し候補" not in client.post("/incidents/wording/", {"text": "お電話"}).content.decode()
    assert not Note.objects.exists()
    fields = {"command": "note", "text": "しつこい", "idempotency": "abc"}
    page = client.post(f"{matter.url}command/", fields, follow=True)
    assert Note.objects.get().text == "しつこい"
    assert "お客様がお読みになってもよい" in page.content.decode()


def test_a_program_is_told_and_not_stopped(cast: SimpleNamespace, matter: Matter) -> None:
    program = Program(cast.rep)
    for text, quotes in (("文句を言われた", ["文句"]), ("お電話をいただいた", [])):
        status, answer = program.post(f"incidents/{matter.number}/commands", command="note", data={"text": text})
        assert (status, [hint["quote"] for hint in answer["hints"]]) == (200, quotes)
