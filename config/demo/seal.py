"""The demo company's seal: drawn here, so that no picture of a real one lies in the repository."""

from __future__ import annotations

from io import BytesIO
from math import cos, pi, radians, sin

from PIL import Image, ImageDraw, ImageFont
from pylopdf_fonts_jp import serif_path

SIDE = 1200  # pixels
INK = (197, 40, 28, 235)
INNER = ("之印",)  # columns, right to left


def seal_png(name: str) -> bytes:
    """A round seal as PNG: the company's name along the ring, 之印 inside."""
    picture = Image.new("RGBA", (SIDE, SIDE), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    for radius, line in ((585, 26), (365, 12)):
        box = (SIDE / 2 - radius, SIDE / 2 - radius, SIDE / 2 + radius, SIDE / 2 + radius)
        draw.ellipse(box, outline=INK, width=line)
    _ring(picture, name)
    _middle(draw)
    out = BytesIO()
    picture.save(out, "PNG", optimize=True)
    return out.getvalue()


def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(serif_path(), size)


def _ring(picture: Image.Image, name: str) -> None:
    """Set the name around the ring, each character with its foot towards the middle, the gap below."""
    font, size, radius = _font(150), 190, 472
    step = min(44.0, 320 / max(len(name), 1))
    for place, mark in enumerate(name):
        angle = (place - (len(name) - 1) / 2) * step
        tile = Image.new("RGBA", (size, size), (0, 0, 0, 0))
        ImageDraw.Draw(tile).text((size / 2, size / 2), mark, INK, font, anchor="mm", stroke_width=3)
        tile = tile.rotate(-angle, resample=Image.Resampling.BICUBIC)
        turn = radians(angle) - pi / 2
        left, top = SIDE / 2 + radius * cos(turn) - size / 2, SIDE / 2 + radius * sin(turn) - size / 2
        picture.alpha_composite(tile, (round(left), round(top)))


def _middle(draw: ImageDraw.ImageDraw) -> None:
    """Set the inner words in columns from right to left."""
    font, wide, high = _font(260), 260, 280
    for column, text in enumerate(INNER):
        for row, mark in enumerate(text):
            middle = (SIDE / 2 + ((len(INNER) - 1) / 2 - column) * wide, SIDE / 2 + (row - (len(text) - 1) / 2) * high)
            draw.text(middle, mark, INK, font, anchor="mm", stroke_width=4)
