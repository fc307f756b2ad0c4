"""The press knows no kind of paper: each names its printer, and one child serves them all."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any, ClassVar

import pytest

from office.days import wareki, with_weekday
from office.errors import Refused
from office.press import Press, Rendered
from office.press.setting import line_html, packed, spread, wrapped


def warm() -> None:
    """Nothing to draw beforehand."""


def printed(told: Any, *, draft: bool, loud: bool = False) -> Rendered:
    """Print by hand what was told; this module is a printer, too."""
    if told == "龘":
        raise Refused("incomplete", "This cannot be printed: %(characters)s", characters=told)
    return Rendered(f"{told.upper() if loud else told} {draft}".encode(), 7)


@dataclass(frozen=True)
class Note:
    """The least a paper is."""

    text: str
    PRINTER: ClassVar[str] = __name__

    def told(self) -> str:
        return self.text


class Unknown(Note):
    PRINTER = "office.press.nowhere"


@pytest.fixture(scope="module")
def child() -> Iterator[Press]:
    made = Press(seconds=20)
    yield made
    made.close()


def test_a_paper_is_printed_by_the_module_it_names(child: Press) -> None:
    assert child.pdf(Note("a")) == (b"a False", 7)
    assert child.pdf(Note("a"), draft=True, loud=True) == (b"A True", 7)


def test_what_a_printer_refuses_comes_back(child: Press) -> None:
    with pytest.raises(Refused) as caught:
        child.pdf(Note("龘"))
    assert (caught.value.code, caught.value.facts) == ("incomplete", {"characters": "龘"})


def test_a_printer_that_is_not_there_stops_no_other(child: Press) -> None:
    with pytest.raises(Refused, match="could not be printed"):
        child.pdf(Unknown("a"))
    assert child.pdf(Note("b")).data == b"b False"


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2026, 11, 24), "令和8年11月24日（火）"),
        (date(2019, 5, 1), "令和元年5月1日（水）"),
        (date(2019, 4, 30), "平成31年4月30日（火）"),
        (date(1926, 12, 24), "1926年12月24日（金）"),
    ],
)
def test_a_day_is_written_by_its_era(day: date, written: str) -> None:
    assert with_weekday(day) == written
    assert written.startswith(wareki(day))


def test_a_label_is_spread_and_a_long_one_is_not() -> None:
    assert spread("件名", 6) == '<span style="letter-spacing:4.000em">件</span>名'
    assert spread("お支払の条件です", 6) == "お支払の条件です"


def test_text_of_a_cell_is_broken_and_escaped() -> None:
    made = wrapped("<b>端子台の箱\nＴＢ", 5)
    assert [line.text for line in made] == ["<b>端子台", "の箱", "ＴＢ"]
    assert "&lt;b&gt;" in line_html(made[0])


def test_parts_share_a_row_while_they_fit() -> None:
    made = packed(["〒100", "港区一丁目", "二番", "長い建物の名前です"], 8)
    assert made == ["〒100", "港区一丁目　二番", "長い建物の名前で", "す"]
    assert packed([], 8) == []
