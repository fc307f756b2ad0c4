"""A playbook drawn by itself: its steps in columns by what they wait for, and lines between them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from django.utils.translation import gettext, gettext_noop

from incidents.engine import Playbook, Span, Step
from incidents.playbooks.guards import by_amount, manager, signatory

WIDTH, HEIGHT, ACROSS, DOWN = 136, 58, 34, 18  # of a box, and the room between boxes
SIGNS: Mapping[object, str] = {
    manager: gettext_noop("The boss approves"),
    signatory: gettext_noop("Whose name it bears approves"),
    by_amount: gettext_noop("Approved by amount"),
}
DOERS = {"owner": gettext_noop("Owner"), "manager": gettext_noop("Manager")}
UNITS = {
    "business hour": gettext_noop("%(n)s business hours"),
    "business day": gettext_noop("%(n)s business days"),
    "day": gettext_noop("%(n)s days"),
    "hour": gettext_noop("%(n)s hours after"),
    "minute": gettext_noop("%(n)s minutes"),
}


@dataclass(frozen=True)
class Box:
    """A step as it is drawn and told."""

    step: Step
    label: str
    doer: str
    within: str
    short: str  # where there is no room for more
    signs: str
    after: str
    conditional: bool
    again: bool
    x: int
    y: int


class Edge(NamedTuple):
    """A line from a step to one that waits for it."""

    x1: int
    y1: int
    x2: int
    y2: int
    bend: int  # where it turns


@dataclass(frozen=True)
class Diagram:
    """Everything a page needs to draw a playbook."""

    boxes: list[Box]
    edges: list[Edge]
    width: int
    height: int


def diagram(playbook: type[Playbook], numbers: dict[str, str]) -> Diagram:
    """Draw a playbook. numbers: the spans in force by `<playbook>.<step>`, as `incidents.pins` gives them."""
    depth: dict[str, int] = {}
    rows: dict[int, int] = {}
    boxes: list[Box] = []
    for step in playbook.steps.values():
        column = max((depth[other.name] + 1 for other in step.after), default=0)
        row = rows.get(column, 0)
        depth[step.name], rows[column] = column, row + 1
        boxes.append(_box(playbook, step, numbers, column * (WIDTH + ACROSS), row * (HEIGHT + DOWN)))
    places = {box.step.name: box for box in boxes}
    edges = [_edge(places[other.name], box) for box in boxes for other in box.step.after]
    return Diagram(boxes, edges, max(b.x for b in boxes) + WIDTH, max(b.y for b in boxes) + HEIGHT)


def _box(playbook: type[Playbook], step: Step, numbers: dict[str, str], x: int, y: int) -> Box:
    default = Step(by=step.by, within="same day", label="")
    spans = list(_spans(playbook, step, numbers))
    return Box(
        step=step, label=gettext(step.label), doer=gettext(DOERS[step.by]),
        within=" / ".join(spans),
        short=spans[0] if len(spans) == 1 else gettext("by severity"),
        signs=gettext(sign) if (sign := SIGNS.get(step.approval, "")) else "",
        after="・".join(gettext(other.label) for other in step.after),
        conditional=step.only_if is not default.only_if, again=step.again_if is not default.again_if, x=x, y=y,
    )  # fmt: skip


def _spans(playbook: type[Playbook], step: Step, numbers: dict[str, str]) -> Iterator[str]:
    """The time allowed, in words; by severity where it differs."""
    for severity, default in step.spans():
        span = Span.parse(numbers.get(f"{playbook.key}.{step.name}{severity}", default))
        words = span_words(span)
        yield f"{severity.removeprefix('.')} {words}" if severity else words


def span_words(span: Span) -> str:
    """A span as people say it."""
    if span.unit == "same day":
        return gettext("the same day")
    return gettext(UNITS[span.unit]) % {"n": "・".join(str(n) for n in span.amounts)}


def _edge(start: Box, end: Box) -> Edge:
    x1, y1, x2, y2 = start.x + WIDTH, start.y + HEIGHT // 2, end.x, end.y + HEIGHT // 2
    return Edge(x1, y1, x2, y2, x1 + min(8 + 5 * (start.y // (HEIGHT + DOWN)), ACROSS - 6))
