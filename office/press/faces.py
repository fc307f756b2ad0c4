"""The one face of our papers: what it can set, how wide, and a cut of it for each paper.

The source is Noto Serif JP of the package pylopdf-fonts-jp: CFF outlines, proportional figures. A paper gets a small
TrueType face made of just its own characters, with half-width figures (docs/decisions/0008).
"""

from __future__ import annotations

import io
import threading
from collections.abc import Iterable, Iterator
from functools import cache
from typing import Any, NamedTuple

from fontTools.fontBuilder import FontBuilder
from fontTools.pens.cu2quPen import Cu2QuPen
from fontTools.pens.ttGlyphPen import TTGlyphPen
from fontTools.ttLib import TTFont, newTable
from fontTools.ttLib.tables._g_l_y_f import Glyph
from pylopdf_fonts_jp import serif_path

EM, ASCENT, DESCENT = 1000, 880, -120  # units of the source
MAX_ERROR = 0.5  # units a curve may move: 0.002 mm at 10.5 pt, far below a printer's dot
SELECTORS = range(0xE0100, 0xE01F0)  # variation selectors of kanji (IVS)
UNPRINTED = frozenset(" 　\n\u2060")  # room, line ends, and the joiner the line breaker takes out
FIGURES = "0123456789"


class Source(NamedTuple):
    """The source face, opened once a process."""

    font: Any
    names: dict[int, str]  # character -> glyph, figures half-width
    variants: dict[tuple[int, int], str | None]  # (kanji, selector) -> glyph, None for the plain one
    widths: dict[str, float]  # em


class Shape(NamedTuple):
    """A glyph as TrueType: its compiled outline, advance, left edge, and points and contours for `maxp`."""

    data: bytes
    advance: int
    left: int
    points: int
    contours: int


_drawing = threading.Lock()  # fontTools reads its tables lazily: one thread at a time
_shapes: dict[str, Shape] = {}


@cache
def source() -> Source:
    """Return the source face with the half-width figures in place of the proportional ones."""
    font = TTFont(serif_path(), lazy=True)
    names, half = dict(font.getBestCmap()), _half_width(font)
    names |= {ord(figure): half[names[ord(figure)]] for figure in FIGURES}
    variants = {
        (base, selector): name
        for table in font["cmap"].tables
        if table.format == 14
        for selector, pairs in table.uvsDict.items()
        for base, name in pairs
    }
    metrics = font["hmtx"].metrics
    return Source(font, names, variants, {chr(code): metrics[name][0] / EM for code, name in names.items()})


def width(char: str) -> float:
    """Return the advance of a character in em."""
    return source().widths.get(char, 1.0)


def missing(text: str) -> list[str]:
    """Return what the face cannot set, once each: characters, and kanji with a selector it does not know."""
    face = source()
    lacking = [
        part
        for part in characters(text)
        if part[0] not in UNPRINTED
        and ((ord(part[0]), ord(part[1])) not in face.variants if part[1:] else ord(part) not in face.names)
    ]
    return list(dict.fromkeys(lacking))


def characters(text: str) -> Iterator[str]:
    """Yield the characters of a text, a variation selector together with its kanji."""
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or ord(text[end]) not in SELECTORS or end - start > 1:
            yield text[start:end]
            start = end


def cut(text: str) -> bytes:
    """Return a TrueType face holding the characters of the text; the same text, in any order, gives the same bytes.

    Characters the face lacks are left out: ask missing() first.
    """
    with _drawing:
        face = source()
        parts = sorted(set(characters(text + " 　")))
        plain = {ord(part[0]): face.names[ord(part[0])] for part in parts if ord(part[0]) in face.names}
        pairs = {pair for part in parts if part[1:] and (pair := (ord(part[0]), ord(part[1]))) in face.variants}
        variants = [(base, selector, face.variants[base, selector]) for base, selector in sorted(pairs)]
        order = [".notdef", *plain.values(), *(name for *_, name in variants if name)]
        return _face(list(dict.fromkeys(order)), plain, variants)


def _face(order: list[str], plain: dict[int, str], variants: list[tuple[int, int, str | None]]) -> bytes:
    shapes = {name: _shape(name) for name in order}
    builder = FontBuilder(EM, isTTF=True)
    builder.setupGlyphOrder(order)
    builder.setupCharacterMap(plain, uvs=variants)
    builder.font["loca"], builder.font["glyf"] = newTable("loca"), newTable("glyf")
    builder.font["glyf"].glyphs = {name: Glyph(shape.data) for name, shape in shapes.items()}
    builder.font["glyf"].glyphOrder = order
    builder.setupMaxp()
    builder.setupHorizontalMetrics({name: (shape.advance, shape.left) for name, shape in shapes.items()})
    builder.setupHorizontalHeader(ascent=ASCENT, descent=DESCENT, advanceWidthMax=EM)
    builder.setupNameTable(_names())
    builder.setupOS2(sTypoAscender=ASCENT, sTypoDescender=DESCENT, usWinAscent=ASCENT, usWinDescent=-DESCENT)
    builder.setupPost(keepGlyphNames=False)
    font = builder.font
    font.recalcBBoxes = font.recalcTimestamp = False  # outlines stay compiled, and the clock stays out of the bytes
    font["head"].created = font["head"].modified = 0
    font["head"].xMin, font["head"].yMin, font["head"].xMax, font["head"].yMax = 0, DESCENT, EM, ASCENT
    font["maxp"].maxPoints = max(shape.points for shape in shapes.values())
    font["maxp"].maxContours = max(shape.contours for shape in shapes.values())
    made = io.BytesIO()
    font.save(made)
    return made.getvalue()


def _shape(name: str) -> Shape:
    """Return the glyph with quadratic curves, drawn once a process: 1.6 ms."""
    if name not in _shapes:
        font = source().font
        pen = TTGlyphPen(None)
        font.getGlyphSet()[name].draw(Cu2QuPen(pen, MAX_ERROR, reverse_direction=True))
        glyph = pen.glyph()
        points, contours = len(getattr(glyph, "coordinates", ())), max(glyph.numberOfContours, 0)
        data = glyph.compile(None) if contours else b""
        _shapes[name] = Shape(data, font["hmtx"][name][0], getattr(glyph, "xMin", 0), points, contours)
    return _shapes[name]


@cache
def _names() -> dict[str, str]:
    """Return a name of our own, with the copyright and licence (OFL 1.1) of the source."""
    told = {record.nameID: str(record) for record in source().font["name"].names if record.langID == 0x409}
    return {
        "copyright": told.get(0, ""),
        "familyName": "Makoto Letter",
        "styleName": "Regular",
        "psName": "MakotoLetter-Regular",
        "licenseDescription": told.get(13, ""),
    }


def _half_width(font: Any) -> dict[str, str]:
    """Return glyph -> half-width glyph (feature hwid)."""
    table = font["GSUB"].table
    indices = {i for record in table.FeatureList.FeatureRecord if record.FeatureTag == "hwid" for i in _lookups(record)}
    return {
        name: half
        for index in sorted(indices)
        for part in table.LookupList.Lookup[index].SubTable
        for name, half in getattr(getattr(part, "ExtSubTable", part), "mapping", {}).items()
    }


def _lookups(record: Any) -> Iterable[int]:
    return list(record.Feature.LookupListIndex)
