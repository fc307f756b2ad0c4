"""Which lines stand on which page: nothing over the edge, no page without lines, no totals alone."""

from dataclasses import replace
from itertools import accumulate

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from billing.paper import Line
from billing.paper.plan import Room, TooTall, carried, pages
from billing.paper.rows import CARRY
from billing.paper.sheet import ABOVE, AGAIN, PAGE, blocks, planned, set_sheet
from office.errors import Refused

from .samples import SEPTEMBER, invoice, line

ROOM = Room(first=90, other=240, totals=60, carry=6.6)
HEIGHTS = st.lists(st.sampled_from([6.6, 10.2, 13.8, 17.4, 25.0]), max_size=200)
ROOMS = st.builds(Room, st.floats(40, 150), st.floats(200, 260), st.floats(30, 120), st.just(6.6))
LINES = st.lists(
    st.builds(
        lambda name, note, amount, rate: line(name, "1", "式", str(amount), rate, on=SEPTEMBER, note=note),
        st.sampled_from(["端子台", "制御盤ユニット　SK-70", "制御盤の据付と試運転の調整、現場での操作説明を含む"]),
        st.sampled_from(
            ["", "輸送費を含みます", "第二工場3号ライン用\n輸送費と据付費を含み、試運転の立ち会いは含みません"]
        ),
        st.integers(-5_000, 900_000),
        st.sampled_from([10, 8, 0]),
    ),
    max_size=200,
)


def filled(heights: list[float], span: range, room: Room, at: int, count: int) -> float:
    """Return how much of its page a span takes, with what must stand above and below it."""
    below = room.totals if at == count - 1 else room.carry
    return sum(heights[span.start : span.stop]) + below + (room.carry if at else 0)


def plan_of(heights: list[float], room: Room) -> list[range] | TooTall:
    """Return the pages, or what was too tall for one."""
    try:
        return pages(heights, room)
    except TooTall as error:
        return error


@settings(max_examples=400, deadline=None)
@given(HEIGHTS, ROOMS)
def test_every_line_stands_on_one_page_and_nothing_passes_the_edge(heights: list[float], room: Room) -> None:
    made = plan_of(heights, room)
    if isinstance(made, TooTall):
        alone = heights[made.at] + room.carry if heights else 0
        assert alone + room.totals > min(room.first, room.other)
        return
    assert [at for span in made for at in span] == list(range(len(heights)))
    assert all(made[at] for at in range(len(made))) or not heights
    for at, span in enumerate(made):
        assert filled(heights, span, room, at, len(made)) <= (room.other if at else room.first) + 1e-9


@settings(max_examples=200, deadline=None)
@given(HEIGHTS)
def test_no_page_is_left_half_empty(heights: list[float]) -> None:
    """A page goes on only when its next line does not fit, or is kept for the totals."""
    made = pages(heights, ROOM)
    for at, span in enumerate(made[:-1]):
        whole = filled(heights, range(span.start, span.stop + 1), ROOM, at, len(made))
        kept = at == len(made) - 2 and len(made[-1]) == 1
        assert whole > (ROOM.other if at else ROOM.first) or kept


@pytest.mark.parametrize(
    ("heights", "made"),
    [
        ([], [range(0)]),
        ([10] * 3, [range(3)]),  # 30 and the totals fill the page to the edge
        ([10] * 4, [range(3), range(3, 4)]),  # all four lines would fit, but not the totals
        ([10] * 9, [range(8), range(8, 9)]),
        ([30, 31], [range(1), range(1, 2)]),
    ],
)
def test_the_edges(heights: list[float], made: list[range]) -> None:
    assert pages(heights, ROOM) == made


@pytest.mark.parametrize(("heights", "at"), [([91.0], 0), ([10, 235], 1), ([10] * 10 + [200], 10)])
def test_a_line_that_no_page_holds_is_named(heights: list[float], at: int) -> None:
    with pytest.raises(TooTall) as caught:
        pages(heights, ROOM)
    assert caught.value.at == at


def test_totals_that_no_page_holds_are_no_line() -> None:
    with pytest.raises(TooTall) as caught:
        pages([], Room(first=50, other=240, totals=60, carry=6.6))
    assert caught.value.at == -1


@settings(max_examples=40, deadline=None)
@given(LINES)
def test_the_sums_carried_over_are_those_of_the_lines_above(lines: list[Line]) -> None:
    sheet = invoice(lines, payments=())
    parts = blocks(sheet)
    spans = planned(sheet, parts)
    sums = carried([line.amount for line in lines], spans)
    running = [0, *accumulate(line.amount for line in lines)]
    assert sums == [running[span.stop] for span in spans]
    assert sums[-1] == sum(line.amount for line in lines)
    assert all(made >= 0 for made in (parts.top.height, parts.tail.height))
    heights = [row.height for row in parts.rows]
    below = [CARRY] * (len(spans) - 1) + [parts.tail.height]
    for at, span in enumerate(spans):
        used = sum(heights[span.start : span.stop]) + below[at] + CARRY + (CARRY + AGAIN if at else 0)
        assert used + (0 if at else parts.top.height + ABOVE) <= PAGE + 1e-6


def test_each_page_repeats_number_and_customer_and_carries_its_sum() -> None:
    sheet = invoice([line(f"端子台{at}", "1", "個", "1000") for at in range(60)])
    made = set_sheet(sheet)
    parts = made.html.split('<section class="page">')[1:]
    assert len(parts) == made.pages == 3
    spans = planned(sheet, blocks(sheet))
    for at, (html, span) in enumerate(zip(parts, spans, strict=True)):
        assert html.count(">個<") == len(span)
        assert ("次頁へ繰越" in html) is (at < 2)
        assert ("前頁より繰越" in html) is (at > 0)
        assert ("請求書　S-20260930-041　　東和工業株式会社" in html) is (at > 0)
        assert ("消費税額等" in html) is (at == 2)
        if at < 2:
            assert f'次頁へ繰越</td><td class="n">{span.stop * 1000:,}</td>' in html


def test_names_that_fill_the_page_are_refused_with_a_sentence() -> None:
    full = replace(invoice(), subject="長い件名" * 600)
    with pytest.raises(Refused, match="leave no room"):
        set_sheet(full)


def test_a_line_longer_than_a_page_is_refused_by_its_number() -> None:
    lines: list[Line] = [*invoice().lines, line("長い品名" * 400, "1", "式", "1")]
    with pytest.raises(Refused) as caught:
        set_sheet(invoice(lines))
    assert caught.value.facts == {"line": 5}
