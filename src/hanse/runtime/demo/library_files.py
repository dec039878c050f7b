"""Files of the demo's library, drawn and set here: a logo, pictures for Stories, a guide as PDF, a pack as ZIP."""

from __future__ import annotations

import io
import zipfile

import typst
from PIL import Image, ImageDraw

INK, PAPER, SEA, BRICK, OCHRE = "#2c3a32", "#f6f2e8", "#0e5c62", "#a2372a", "#c98f2c"
LOGO = f"""<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 640 200" width="640" height="200">
<title>Harbour &amp; Pine Gifts</title>
<circle cx="100" cy="100" r="78" fill="{INK}"/>
<path d="M100 38 L136 96 H118 L144 138 H110 V158 H90 V138 H56 L82 96 H64 Z" fill="{PAPER}"/>
<path d="M40 150 q15 -12 30 0 t30 0 t30 0 t30 0" fill="none" stroke="{OCHRE}" stroke-width="6"/>
<text x="206" y="98" font-family="Georgia, serif" font-size="50" fill="{INK}">Harbour &amp; Pine</text>
<text x="208" y="144" font-family="Georgia, serif" font-size="30" letter-spacing="9" fill="{SEA}">GIFTS</text>
</svg>""".encode()
_STORY, _WIDE = (1080, 1920), (1200, 630)


def story() -> bytes:
    """Return a picture for Stories: the parcel in the middle, room for a link sticker above and below."""
    picture = Image.new("RGB", _STORY, PAPER)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 1300, 1080, 1920), fill="#e9e0cd")
    _parcel(draw, 250, 760, 580, SEA, OCHRE)
    draw.rounded_rectangle((210, 250, 870, 400), 60, outline=INK, width=6)
    draw.rounded_rectangle((330, 1560, 750, 1660), 50, fill=BRICK)
    return _saved(picture)


def wide(ground: str, box: str, ribbon: str) -> bytes:
    """Return a wide picture of three parcels."""
    picture = Image.new("RGB", _WIDE, ground)
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 470, 1200, 630), fill="#ddd2bb")
    _parcel(draw, 130, 250, 250, box, ribbon)
    _parcel(draw, 440, 170, 330, ribbon, box)
    _parcel(draw, 830, 280, 220, INK, ribbon)
    return _saved(picture)


def guide(title: str, lines: tuple[tuple[str, str], ...]) -> bytes:
    """Return a page of headings and words as PDF."""
    parts = [f'#set page(paper: "a5", margin: 18mm, fill: rgb("{PAPER}"))', "#set text(size: 10pt)", f"= {title}"]
    for head, words in lines:
        parts += [f"== {head}", words]
    made: object = typst.compile("\n\n".join(parts).encode(), format="pdf", ignore_system_fonts=True)
    assert isinstance(made, bytes)
    return made


def pack() -> bytes:
    """Return the asset pack: the logo, two pictures and how to use them."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("harbour-and-pine/logo.svg", LOGO)
        archive.writestr("harbour-and-pine/parcels-wide.png", wide(PAPER, SEA, OCHRE))
        archive.writestr("harbour-and-pine/story.png", story())
        archive.writestr(
            "harbour-and-pine/READ ME.txt", "Keep a finger's width of air around the logo. Do not turn or tint it.\n"
        )
    return out.getvalue()


def _parcel(draw: ImageDraw.ImageDraw, x: int, y: int, side: int, box: str, ribbon: str) -> None:
    draw.rounded_rectangle((x, y, x + side, y + side), side // 24, fill=box)
    band = side // 7
    draw.rectangle((x + side // 2 - band // 2, y, x + side // 2 + band // 2, y + side), fill=ribbon)
    draw.rectangle((x, y + side // 3, x + side, y + side // 3 + band), fill=ribbon)
    middle, loop = x + side // 2, side // 4
    for to in (-1, 1):
        left, right = sorted((middle, middle + to * loop))
        draw.ellipse((left, y - loop // 2, right, y + loop // 5), outline=ribbon, width=side // 20)


def _saved(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.quantize(24).save(out, format="PNG")
    return out.getvalue()
