"""The letter a page shows: what is being written, what was submitted, or a first text from the record."""

from __future__ import annotations

from typing import Any

from incidents.forms.letter import LetterForm
from incidents.letters import Letter, draft
from incidents.reading import Line, pieces
from incidents.steppage import StepPage
from incidents.steps.letter import LetterPaper, known, usual_signatory


def begun(page: StepPage) -> tuple[int, Letter]:
    """(signatory, letter) to go on writing: a draft younger than the last submission, that submission, or a first text.

    Sender and seal are of today, whatever the draft was begun with.
    """
    sent = page.submissions[0] if page.submissions else None
    if page.paper and (sent is None or page.paper.at > sent.at):
        return _read(page, page.paper.data)
    if sent:
        paper = LetterPaper.model_validate_json(sent.text)
        return paper.signatory, paper.letter
    bears = usual_signatory(page.setting)
    return (bears.pk if bears else 0), draft(known(page.setting, bears))


def current(page: StepPage) -> tuple[int, Letter]:
    """(signatory, letter) as it stands for everybody: what was submitted while it is decided on, else what is being
    written."""
    if page.progress.state in ("submitted", "done") and page.submissions:
        paper = LetterPaper.model_validate_json(page.submissions[0].text)
        return paper.signatory, paper.letter
    return begun(page)


def changed_lines(page: StepPage) -> list[Line]:
    """What has changed in the letter since the submission before, by field; nothing for a first one."""
    if len(page.submissions) < 2:
        return []
    new, old = (LetterPaper.model_validate_json(row.text) for row in page.submissions[:2])
    return differing(
        old.letter, LetterForm(letter=new.letter, signatory=new.signatory, setting=page.setting), new.letter
    )


def differing(old: Letter, form: LetterForm, new: Letter) -> list[Line]:
    """Where two texts of a letter differ, by field, in the order of the newer one; what it no longer has comes last."""
    before, now = dict(old.texts()), dict(new.texts())
    found = []
    for field in {**now, **before}:
        was, text = before.get(field, ""), now.get(field, "")
        if was != text:
            place = form.place_of(field)
            gone, added = pieces(was, text)
            found.append(Line(field, str(form[place].label) if place else "", text, True, gone, added))
    return found


def _read(page: StepPage, data: dict[str, Any]) -> tuple[int, Letter]:
    signatory = int(data["signatory"])
    base = draft(known(page.setting, page.setting.directory.get(signatory)))
    kept = {name: value for name, value in data["letter"].items() if name not in ("sender", "seal", "gravity")}
    return signatory, Letter.model_validate({**base.model_dump(mode="json"), **kept})
