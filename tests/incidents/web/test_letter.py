"""お詫び状: editor, preview, issued letters."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from incidents.forms.letter import EDITED, LetterForm
from incidents.letters import Letter, Press, Rendered
from incidents.models import IssuedLetter, Paper
from incidents.services import render_letters
from incidents.steps import Setting
from office.letter import Mark
from tests.incidents.web.conftest import ClientFor, Matter

pytestmark = pytest.mark.django_db


def sent(page: Any, **more: str) -> dict[str, Any]:
    """What the browser would send from the editor."""
    form = page.context["form"]
    fields = {name: form[name].value() or "" for name in form.fields}
    carried = {"idempotency": "l1", "submission": "0", "row_version": str(page.context["row_version"])}
    return {**fields, **carried, **more}


def test_a_field_for_every_text_of_the_letter(cast: SimpleNamespace, planned: Matter) -> None:
    letter = Letter.model_validate(planned.example(cast.rep, "submit", "letter")["letter"])
    form = LetterForm(letter=letter, signatory=cast.branch.pk, setting=Setting(planned.row, cast.rep, planned.at))
    texts = {name for name, text in letter.texts() if text and name.partition(".")[0] in EDITED}
    assert texts <= set(form.fields)
    assert set(EDITED) <= set(Letter.model_fields)


def test_the_editor_begins_with_the_record_and_says_what_is_empty(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    page = client_for(cast.rep).get(planned.step("letter"))
    assert "岡本" in page.content.decode()
    assert page.context["musts"]
    assert 'href="#id_paragraphs.0"' in page.content.decode()


def test_saving_keeps_the_letter_and_shows_it_afresh(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    client, url = client_for(cast.rep), planned.step("letter")
    fields = sent(client.get(url), command="save") | {"title": "請求書についてのお詫び"}
    page = client.post(url, fields, follow=True)
    assert "請求書についてのお詫び" in page.content.decode()
    assert "preview.png?v=1" in page.content.decode()
    assert Paper.objects.get().data["letter"]["title"] == "請求書についてのお詫び"


def test_a_cure_is_one_tap(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    client, url = client_for(cast.rep), planned.step("letter")
    fields = sent(client.get(url), command="save")
    fields["paragraphs.1"] = "事務処理上の都合により、確認の工程を設けておりませんでした。"
    page = client.post(url, fields, follow=True)
    remark = next(remark for remark in page.context["musts"] if remark.curable and "事務処理" in remark.finding.quote)
    page = client.post(url, sent(page, mend=remark.token), follow=True)
    assert "事務処理" not in page.context["form"]["paragraphs.1"].value()


def test_a_letter_with_gaps_is_not_submitted_and_nothing_is_lost(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    client, url = client_for(cast.rep), planned.step("letter")
    answer = client.post(url, sent(client.get(url), command="submit") | {"title": "わたしの件名"})
    assert answer.status_code == 422
    assert "わたしの件名" in answer.content.decode()
    assert planned.progress("letter")["state"] == "open"


def test_the_preview_is_a_picture_of_the_draft(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    client = client_for(cast.rep)
    picture = client.get(f"{planned.url}letter/preview.png")
    draft = client.get(f"{planned.url}letter/draft.pdf")
    assert picture.content.startswith(b"\x89PNG")
    assert draft.content.startswith(b"%PDF")
    assert planned.number in draft["Content-Disposition"]


def test_what_has_a_finding_is_underlined_on_the_picture_only(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor, monkeypatch: pytest.MonkeyPatch
) -> None:
    printed: list[tuple[Mark, ...]] = []
    real = Press.pdf

    def pdf(self: Press, letter: Letter, **more: Any) -> Rendered:
        printed.append(more.get("marks", ()))
        return real(self, letter, **more)

    monkeypatch.setattr(Press, "pdf", pdf)
    client = client_for(cast.rep)
    client.get(f"{planned.url}letter/preview.png")
    client.get(f"{planned.url}letter/draft.pdf")
    picture, paper = printed
    assert Mark("body", "〔納品日〕", "must") in picture
    assert paper == ()


def test_saving_a_letter_over_anothers_shows_both(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    mine, other = client_for(cast.rep), client_for(cast.rep2)
    url = planned.step("letter")
    before = mine.get(url)
    other.post(url, sent(other.get(url), command="save") | {"title": "鈴木の件名"})
    page = mine.post(url, sent(before, command="save") | {"title": "田中の件名"})
    assert page.status_code == 409
    assert [(line.name, line.label, line.text) for line in page.context["other"]] == [("title", "件名", "田中の件名")]
    assert "鈴木の件名" in page.content.decode()
    assert "あなたの内容で保存する" in page.content.decode()
    mine.post(url, sent(page, command="save") | {"title": "田中の件名"})
    assert Paper.objects.get().data["letter"]["title"] == "田中の件名"


def test_a_letter_handed_in_again_shows_its_approver_what_has_changed(
    cast: SimpleNamespace, planned: Matter, client_for: ClientFor
) -> None:
    planned.do(cast.rep, "submit", "letter")
    planned.do(cast.branch, "send_back", "letter", {"text": "件名を改めてください"})
    paper = planned.example(cast.rep, "submit", "letter")
    paper["letter"]["title"] = "請求書発行もれについてのお詫び"
    planned.do(cast.rep, "submit", "letter", paper)
    page = client_for(cast.branch).get(planned.step("letter"))
    assert [line.name for line in page.context["lines"]] == ["title"]
    assert "前回から1か所の変更" in page.content.decode()


def test_the_issued_letter_is_the_frozen_file(cast: SimpleNamespace, planned: Matter, client_for: ClientFor) -> None:
    planned.do(cast.rep, "submit", "letter")
    approver = client_for(cast.branch)
    assert "preview.png" in approver.get(planned.step("letter")).content.decode()
    approver.post(planned.step("letter"), {"command": "approve", "submission": "1", "idempotency": "a"})
    render_letters(at=planned.at)
    letter = IssuedLetter.objects.select_related("file").get()
    client = client_for(cast.rep)
    url = f"{planned.url}letters/{letter.pk}.pdf"
    answer = client.get(url)
    assert letter.file is not None
    assert answer.content == bytes(letter.file.data)
    assert "filename" in answer["Content-Disposition"]
    assert url in client.get(planned.url).content.decode()
    assert url in client.get("/letters/").content.decode()
    assert client_for(cast.rep_b).get(url).status_code == 404
    assert letter.number not in client_for(cast.rep_b).get("/letters/").content.decode()
