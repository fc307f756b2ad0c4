"""Wavy lines under what has a finding: on the picture, where the words stand, and nothing moves."""

from __future__ import annotations

import re

from incidents.letters import Finding, check, marks_of
from office.letter.marks import Mark, marked
from office.letter.render import rendered
from office.letter.sheet import set_letter

from .samples import letter, with_body

EXCUSE = "事務処理上の都合により"
LINES = "".join(f"ここまでは{n}番目の文です。" for n in "一二三四五六七八九")


def underlined(html: str, level: str) -> list[str]:
    return re.findall(rf'<u class="{level}">([^<]*)</u>', html)


def body(html: str) -> str:
    return re.sub(r"<[^>]*>", "", html)


def test_words_are_underlined_even_across_the_end_of_a_line() -> None:
    told = letter()
    wrong = told.model_copy(update={"paragraphs": (LINES + EXCUSE * 6, *told.paragraphs)})
    sheet = set_letter(wrong)
    shown = dict(marked(sheet, [Mark("body", EXCUSE, "must")]).parts)["body"]
    assert "".join(underlined(shown, "must")) == EXCUSE * 6
    assert len(underlined(shown, "must")) > 6  # one of them stands at the end of a line
    assert body(shown) == body(dict(sheet.parts)["body"])


def test_only_the_part_that_has_the_finding_is_marked() -> None:
    told = letter()
    day = re.search(r"\d+月\d+日", "".join(fact.text for fact in told.facts))
    assert day
    sheet = marked(set_letter(told), [Mark("facts", day[0], "look")])
    assert day[0] in underlined(dict(sheet.parts)["facts"], "look")
    assert "<u" not in dict(sheet.parts)["body"]


def test_what_blocks_keeps_its_mark_before_what_is_worth_a_look() -> None:
    sheet = marked(set_letter(with_body(EXCUSE)), [Mark("body", EXCUSE, "must"), Mark("body", "都合", "look")])
    assert underlined(dict(sheet.parts)["body"], "must") == [EXCUSE]
    assert underlined(dict(sheet.parts)["body"], "look") == []


def test_words_of_the_style_and_of_tags_are_left_alone() -> None:
    told = with_body('a < b & "line" em span')
    before = dict(set_letter(told).parts)["body"]
    for words in ("line", "em", "span", "&", "<"):
        shown = dict(marked(set_letter(told), [Mark("body", words, "must")]).parts)["body"]
        assert body(shown) == body(before), words
        assert underlined(shown, "must"), words


def test_findings_without_words_or_in_an_annex_are_not_shown() -> None:
    found = [
        Finding("must", "no_cause", "…", "paragraphs"), Finding("must", "excuse", "…", "annexes.0.title", "言い訳"),
        Finding("look", "closed_day", "…", "paragraphs.1", "12月20日"),
    ]  # fmt: skip
    assert marks_of(found) == (Mark("body", "12月20日", "look"),)


def test_marks_are_drawn_and_move_nothing() -> None:
    wrong = with_body(f"{EXCUSE}、確認の工程を設けておりませんでした。")
    marks = marks_of(check(wrong))
    assert marks
    looked_at, paper = rendered(wrong, draft=True, marks=marks), rendered(wrong, draft=True)
    assert looked_at.pages == paper.pages
    assert looked_at.data != paper.data
