"""Plots are pure: the numbers decide every height, every text is escaped, and nothing in them is style or script."""

import re

import pytest

from office.plots import FOOT, TOP, Column, bars, columns, line, pair, scale


@pytest.mark.parametrize(
    ("most", "marks"),
    [
        (0, [0, 1]),
        (1, [0, 1]),
        (3, [0, 1, 2, 3]),
        (9, [0, 5, 10]),
        (16, [0, 5, 10, 15, 20]),
        (453_200, [0, 200_000, 400_000, 600_000]),
    ],
)
def test_an_axis_has_round_marks_up_to_the_highest(most: int, marks: list[int]) -> None:
    assert scale(most) == marks


@pytest.mark.parametrize("most", [1, 7, 88, 1_234, 99_999_999, 10**12])
def test_no_axis_is_crowded_or_too_short(most: int) -> None:
    marks = scale(most)
    assert 2 <= len(marks) <= 6
    assert marks[-2] < most <= marks[-1]


def test_a_column_is_as_high_as_its_number() -> None:
    drawn = columns([Column("7月", [10]), Column("8月", [5, 5]), Column("9月", [0])], "件数")
    heights = [float(found) for found in re.findall(r'<rect[^>]* height="([\d.]+)"', drawn)]
    assert heights == [FOOT - TOP, (FOOT - TOP) / 2, (FOOT - TOP) / 2]
    assert drawn.count('class="fill-2"') == 1


def test_a_line_breaks_where_there_is_no_number() -> None:
    drawn = line([("6月", 100), ("7月", None), ("8月", 80), ("9月", 90)], "発行率")
    assert drawn.count("M") - drawn.count('class="grid"') * 3 == 2  # two beginnings beside the grid's three lines
    assert drawn.count("<circle") == 3
    for text in (">100%<", ">80%<", ">90%<", ">7月<"):
        assert text in drawn


def test_nothing_is_drawn_of_nothing() -> None:
    assert columns([], "x") == line([], "x") == bars([], "x") == ""


def test_names_are_escaped_and_no_style_is_inline() -> None:
    drawn = bars([Column("<script>&", [3, 1])], '"><b>')
    assert "<script>" not in drawn
    assert "<b>" not in drawn
    assert "style" not in drawn
    assert ">4<" in drawn


def test_two_curves_with_the_ground_between_them() -> None:
    drawn = pair(["<納品>", "", ""], [2, 5, None], [2, 3, 1], 2, "温度", ("お客様", "当社"))
    assert drawn.count('class="gap"') == 1
    assert drawn.count('class="line"') == drawn.count('class="line is-ours"') == 1
    assert "&lt;納品&gt;" in drawn
    assert all(f">{mark}<" in drawn for mark in range(1, 6))


def test_nothing_is_drawn_before_theirs_is_known() -> None:
    assert pair(["", ""], [None, None], [1, 2], 2, "温度", ("お客様", "当社")) == ""
