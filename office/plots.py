"""Plots as SVG, drawn by the server: pure functions of numbers. Classes only, no style and no script; makoto.css gives
the colours of light and dark. Beside every plot stands a table that says the same, so it speaks one sentence only."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.utils.html import conditional_escape
from django.utils.safestring import SafeString, mark_safe

WIDE, HIGH = 440, 196
LEFT, RIGHT, TOP, FOOT = 68, 428, 20, 160
KEY, SAMPLE, LETTER = 11, 26, 13  # the line of names above curves: how high, how long a sample, how wide a letter
LABELS = 150  # where the labels of rows end
ROW, BAR = 31, 19
LONGEST = 14  # characters of a row's label


@dataclass(frozen=True)
class Column:
    """One place on the axis: its label, its parts from the bottom up, and what stands above it."""

    label: str
    parts: Sequence[int]
    text: str = ""

    @property
    def sum(self) -> int:
        """How high it is."""
        return sum(self.parts)


def scale(most: int) -> list[int]:
    """Return three to five round marks from zero to `most` or a little above."""
    step = 1
    while step * 4 < most:
        power = 10 ** (len(str(step)) - 1)
        step = power * {1: 2, 2: 5, 5: 10}[step // power]
    return list(range(0, max(most, 1) + step, step))[: max(-(-most // step), 1) + 1]


def columns(rows: Sequence[Column], speech: str, said: Callable[[int], str] = str) -> SafeString:
    """Return columns side by side, their parts stacked; nothing without rows. said: how the axis writes a mark."""
    if not rows:
        return SafeString()
    marks = scale(max(row.sum for row in rows))
    wide = min(28.0, (RIGHT - LEFT) / len(rows) * 0.6)
    drawn = [_axis(marks, said)]
    for place, row in enumerate(rows):
        middle, foot = _middle(place, len(rows)), float(FOOT)
        for part, yen in enumerate(row.parts):
            high = yen / marks[-1] * (FOOT - TOP)
            if high > 0:
                drawn.append(_bar(middle - wide / 2, foot - high, wide, high, part))
                foot -= high
        drawn.append(_text(middle, 184, row.label, anchor="middle"))
        if row.text:
            drawn.append(_text(middle, foot - 7, row.text, "strong", "middle"))
    return _svg(HIGH, speech, drawn)


def line(points: Sequence[tuple[str, int | None]], speech: str) -> SafeString:
    """Return percentages over time; where there is none the line is broken. First, lowest and last are written out."""
    if not points:
        return SafeString()
    known = [(place, value) for place, (_label, value) in enumerate(points) if value is not None]
    low = min((value for _place, value in known), default=0)
    floor = next(mark for mark in (80, 50, 0) if mark <= low)
    marks = [floor, (floor + 100) // 2, 100]
    spots = {place: (_middle(place, len(points)), _height(value, floor, 100)) for place, value in known}
    path = "".join(f"{'L' if place - 1 in spots else 'M'}{x:.1f} {y:.1f}" for place, (x, y) in spots.items())
    drawn = [_axis(marks, lambda mark: f"{mark}%", floor), f'<path class="line" d="{path}"/>' if path else ""]
    drawn += [f'<circle class="pt" cx="{x:.1f}" cy="{y:.1f}" r="4"/>' for x, y in spots.values()]
    written = {known[0][0], known[-1][0], min(known, key=lambda one: one[1])[0]} if known else set()
    for place, value in known:
        if place in written:
            x, y = spots[place]
            beside = place == known[-1][0]  # the last stands free of the line that leads to it
            above = y + 20 if y < TOP + 16 else y - 10
            drawn.append(
                _text(x + 9, y + 4, f"{value}%", "strong")
                if beside
                else _text(x, above, f"{value}%", "strong", "middle")
            )
    drawn += [
        _text(_middle(place, len(points)), 184, label, anchor="middle") for place, (label, _) in enumerate(points)
    ]
    return _svg(HIGH, speech, drawn)


def pair(
    labels: Sequence[str], theirs: Sequence[int | None], ours: Sequence[int | None], apart: int, speech: str,
    names: tuple[str, str],
) -> SafeString:  # fmt: skip
    """Return two curves from 1 to 5 over the same places, named above; where there is no number they are broken.

    Where theirs stands `apart` or more above ours the ground between them is tinted. An empty label writes none.
    """
    if not any(value is not None for value in theirs):
        return SafeString()
    xs = [_middle(place, len(labels)) for place in range(len(labels))]
    half, low, high = (RIGHT - LEFT) / len(labels) / 2, 1, 5
    drawn = [_axis(range(low, high + 1), str, low)]
    for x, their, our in zip(xs, theirs, ours, strict=True):
        if their is not None and our is not None and their - our >= apart:
            top, foot = _height(their, low, high), _height(our, low, high)
            drawn.append(
                f'<path class="gap" d="M{x - half:.1f} {top:.1f}h{half * 2:.1f}V{foot:.1f}h-{half * 2:.1f}z"/>'
            )
    from_left = float(LEFT)
    for name, values, called in (("line", theirs, names[0]), ("line is-ours", ours, names[1])):
        spots = {
            place: (xs[place], _height(value, low, high)) for place, value in enumerate(values) if value is not None
        }
        path = "".join(f"{'L' if place - 1 in spots else 'M'}{x:.1f} {y:.1f}" for place, (x, y) in spots.items())
        drawn.append(f'<path class="{name}" d="{path}M{from_left:.1f} {KEY - 4}h{SAMPLE}"/>')
        drawn.append(_text(from_left + SAMPLE + 6, KEY, called, "strong"))
        from_left += SAMPLE + 24 + LETTER * len(called)
    drawn += [_text(x, 184, label, anchor="middle") for x, label in zip(xs, labels, strict=True) if label]
    return _svg(HIGH, speech, drawn)


def bars(rows: Sequence[Column], speech: str) -> SafeString:
    """Return rows of bars, their parts one after the other, the sum behind them; nothing without rows."""
    if not rows:
        return SafeString()
    most = max(*(row.sum for row in rows), 1)
    drawn = []
    for place, row in enumerate(rows):
        y, x = place * ROW + 6.0, LABELS + 10.0
        label = row.label if len(row.label) <= LONGEST else f"{row.label[: LONGEST - 1]}…"
        drawn.append(_text(LABELS, y + 14, label, anchor="end"))
        for part, count in enumerate(row.parts):
            wide = count / most * (RIGHT - LABELS - 40)
            if wide > 0:
                drawn.append(_bar(x, y, wide, BAR, part))
                x += wide
        drawn.append(_text(x + 8, y + 14, row.text or str(row.sum), "strong"))
    return _svg(len(rows) * ROW + 2, speech, drawn)


def _middle(place: int, count: int) -> float:
    return LEFT + (RIGHT - LEFT) * (place + 0.5) / count


def _height(value: int, floor: int, top: int) -> float:
    return FOOT - (value - floor) / (top - floor) * (FOOT - TOP)


def _axis(marks: Sequence[int], said: Callable[[int], str], floor: int = 0) -> str:
    heights = [(mark, _height(mark, floor, marks[-1])) for mark in marks]
    grid = "".join(f"M{LEFT} {y:.1f}H{RIGHT}" for _mark, y in heights)
    texts = "".join(_text(LEFT - 8, y + 4, said(mark), anchor="end") for mark, y in heights)
    return f'<path class="grid" d="{grid}"/>{texts}'


def _bar(x: float, y: float, wide: float, high: float, part: int) -> str:
    name = "fill" if part == 0 else "fill-2"
    return f'<rect class="{name}" x="{x:.1f}" y="{y:.1f}" width="{wide:.1f}" height="{high:.1f}" rx="2"/>'


def _text(x: float, y: float, text: str, name: str = "", anchor: str = "") -> str:
    named, anchored = f' class="{name}"' if name else "", f' text-anchor="{anchor}"' if anchor else ""
    return f'<text{named} x="{x:.1f}" y="{y:.1f}"{anchored}>{conditional_escape(text)}</text>'


def _svg(high: int, speech: str, drawn: Sequence[str]) -> SafeString:
    head = f'<svg viewBox="0 0 {WIDE} {high}" role="img" aria-label="{conditional_escape(speech)}">'
    return mark_safe(f"{head}{''.join(drawn)}</svg>")  # noqa: S308  # every text in it is escaped
