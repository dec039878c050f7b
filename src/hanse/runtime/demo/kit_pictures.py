"""Pictures of the demo's kits: drawn here, a table, a candle, a shelf, in the shop's colours."""

from __future__ import annotations

import io
from typing import Final

from PIL import Image, ImageDraw

_SIDE: Final = 1080
_PAPER, _WOOD, _SEA, _BRICK, _OCHRE, _INK = "#efe7d8", "#b98d5e", "#1f6f74", "#b4543f", "#d9a441", "#2b2723"


def table() -> bytes:
    """A table with a stand of three tiers and a bird."""
    picture, draw = _sheet(_PAPER)
    draw.rectangle((0, 820, _SIDE, _SIDE), fill=_WOOD)
    for width, top in ((420, 760), (300, 600), (180, 450)):
        draw.ellipse((540 - width // 2, top, 540 + width // 2, top + 60), fill="#fbf8f1", outline=_SEA, width=8)
        draw.line((540, top + 30, 540, top + 190), fill=_SEA, width=14)
    for left, top in ((430, 690), (560, 690), (480, 540), (540, 395)):
        draw.ellipse((left, top, left + 70, top + 70), fill=_BRICK)
    draw.ellipse((760, 720, 900, 820), fill=_SEA)
    draw.ellipse((850, 660, 930, 740), fill=_SEA)
    draw.polygon(((925, 695), (965, 705), (925, 715)), fill=_OCHRE)
    return _saved(picture)


def candle() -> bytes:
    """A candle before the evening."""
    picture, draw = _sheet("#22302f")
    for radius in range(420, 60, -30):
        shade = 34 + (420 - radius) // 5
        draw.ellipse((540 - radius, 380 - radius, 540 + radius, 380 + radius), fill=(shade + 30, shade + 14, shade))
    draw.rectangle((440, 520, 640, 940), fill="#f3e9d2")
    draw.ellipse((440, 490, 640, 550), fill="#fbf5e6")
    draw.line((540, 520, 540, 460), fill=_INK, width=10)
    draw.ellipse((500, 300, 580, 470), fill=_OCHRE)
    draw.ellipse((520, 360, 560, 460), fill="#fff3cf")
    return _saved(picture)


def shelf() -> bytes:
    """Four boxes on a shelf."""
    picture, draw = _sheet("#dfe7e3")
    draw.rectangle((80, 760, 1000, 800), fill=_WOOD)
    for place, (colour, height) in enumerate(((_SEA, 340), (_BRICK, 260), (_OCHRE, 420), (_INK, 200))):
        left = 130 + place * 215
        draw.rectangle((left, 760 - height, left + 170, 760), fill=colour)
        draw.line((left + 85, 760 - height, left + 85, 760), fill=_PAPER, width=14)
    return _saved(picture)


def _sheet(colour: str) -> tuple[Image.Image, ImageDraw.ImageDraw]:
    picture = Image.new("RGB", (_SIDE, _SIDE), colour)
    return picture, ImageDraw.Draw(picture)


def _saved(picture: Image.Image) -> bytes:
    file = io.BytesIO()
    picture.quantize(64).save(file, "PNG", optimize=True)
    return file.getvalue()
