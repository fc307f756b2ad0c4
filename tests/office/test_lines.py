"""What a reader of Japanese would call wrong in a paragraph, as tests."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from office.press import faces
from office.press.lines import NOT_FIRST, NOT_LAST, Line, lines

LETTER = (
    "九月三日に納品いたしました「制御盤ユニット（型式：ＫＸ―七〇）」につきまして、弊社からの請求書S-20261124-003（税込3,427,964円）の"
    "発行が漏れておりました。心より深くお詫び申し上げます。「二度と起こさない」、そう申し上げるだけでは足りないと存じております……。"
)
WORDS = st.text(
    "あいうえおっゃー々漢字請求書、。・「」（）『』…―ＡABc123,-.髙﨑𠮷様円月日 　", min_size=1, max_size=160
)


def full(char: str) -> float:
    return 0.5 if char.isascii() else 1.0


def texts(text: str, measure: float, indent: float = 0.0) -> list[str]:
    return [line.text for line in lines(text, measure, indent, width=full)]


def filled(line: Line, measure: float) -> bool:
    return abs(line.length - measure) < 0.01


@settings(max_examples=80, deadline=None)
@given(WORDS, st.integers(14, 42), st.sampled_from([0.0, 1.0]))
def test_nothing_is_lost_and_no_line_is_too_long(text: str, measure: int, indent: float) -> None:
    made = lines(text, measure, indent, width=full)
    assert "".join(line.text for line in made) == text
    assert all(line.length <= measure + 1.51 for line in made)  # a run of marks that may not be broken may stick out


@settings(max_examples=80, deadline=None)
@given(WORDS.filter(lambda text: not any(a in NOT_FIRST | NOT_LAST for a in text)), st.integers(14, 42))
def test_text_without_marks_never_passes_the_edge(text: str, measure: int) -> None:
    assert all(line.length <= measure + 0.01 for line in lines(text, measure, width=full))


@pytest.mark.parametrize("measure", range(16, 45))
def test_no_line_begins_or_ends_with_a_forbidden_character(measure: int) -> None:
    made = texts(LETTER, measure, 1)
    assert "".join(made) == LETTER
    assert all(line[0] not in NOT_FIRST for line in made[1:])
    assert all(line[-1] not in NOT_LAST for line in made[:-1])
    assert len(made[-1]) >= 3


@pytest.mark.parametrize("measure", range(24, 45))
def test_every_line_but_the_last_fills_the_measure(measure: int) -> None:
    assert all(filled(line, measure) for line in lines(LETTER, measure, 1, width=faces.width)[:-1])


def test_a_stop_at_the_end_takes_half_a_character() -> None:
    assert texts("あいうえおか。きくけこさし", 6.5) == ["あいうえおか。", "きくけこさし"]


def test_a_comma_inside_is_squeezed_before_a_line_is_stretched() -> None:
    first, *_ = lines("あいう、えお、かきくけこさしすせそたちつてと", 9.5, width=full)
    assert (first.text, first.spread, round(first.squeeze, 2)) == ("あいう、えお、かきく", 0.0, 0.25)
    assert filled(first, 9.5)


def test_an_opening_bracket_goes_to_the_next_line() -> None:
    assert texts("あいうえおかき「くけこさ」しすせ", 8)[1].startswith("「")


def test_stops_and_brackets_close_up() -> None:
    line = lines("」、「（あ）。", 40, width=full)[0]
    assert [cell.size for cell in line.cells] == [0.5, 0.5, 1, 0.5, 1, 0.5, 1]


def test_pairs_and_joined_names_stay_together() -> None:
    assert all("――" in line for line in texts("あいうえおか――きくけこさしす", 7) if "―" in line)
    joined = "お願いを申し上げます\u2060岡\u2060本\u2060隆\u2060一様へお詫び申し上げます"
    assert any("岡本隆一様" in line for line in texts(joined, 12))


def test_the_joiner_is_not_printed() -> None:
    assert "\u2060" not in "".join(texts("岡\u2060本", 10))


def test_a_variation_selector_stays_with_its_kanji() -> None:
    assert [cell.text for cell in lines("辻\U000e0100様", 10, width=full)[0].cells] == ["辻\U000e0100", "様"]


def test_a_figure_stays_with_its_counter_when_it_can() -> None:
    made = texts("この度の件につきましては来る12月24日までにご報告申し上げることといたします", 13)
    assert not any(line.startswith(("月", "日")) for line in made)


def test_nothing_and_a_word_longer_than_the_line() -> None:
    assert texts("", 10) == []
    assert "".join(texts("A" * 90, 14)) == "A" * 90
