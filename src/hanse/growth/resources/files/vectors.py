"""SVG drawings: written anew from elements and attributes that only draw; what acts or leads outside is refused."""

from __future__ import annotations

import base64
import binascii
import re
import xml.etree.ElementTree as Tree
from collections import Counter
from xml.sax.saxutils import escape, quoteattr

from django.utils.translation import gettext as _

from hanse.growth.resources.files.markup import SEPARATOR, BadMarkup, read_markup
from hanse.growth.resources.files.pictures import check_picture
from hanse.growth.resources.files.refusing import refuse
from hanse.growth.resources.files.types import MEGABYTE, MOST_PIXELS, MOST_SVG_BYTES, Checked, FileKind

SVG, XLINK, XML = "http://www.w3.org/2000/svg", "http://www.w3.org/1999/xlink", "http://www.w3.org/XML/1998/namespace"
_DRAWS = frozenset({
    "svg", "g", "defs", "symbol", "use", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "text",
    "tspan", "textPath", "title", "desc", "linearGradient", "radialGradient", "stop", "clipPath", "mask", "pattern",
    "marker", "image", "style", "switch", "filter", "feBlend", "feColorMatrix", "feComponentTransfer", "feComposite",
    "feConvolveMatrix", "feDiffuseLighting", "feDisplacementMap", "feDistantLight", "feDropShadow", "feFlood",
    "feFuncA", "feFuncB", "feFuncG", "feFuncR", "feGaussianBlur", "feMerge", "feMergeNode", "feMorphology", "feOffset",
    "fePointLight", "feSpecularLighting", "feSpotLight", "feTile", "feTurbulence",
})  # fmt: skip
_ACTS = frozenset({
    "script", "foreignObject", "iframe", "object", "embed", "audio", "video", "handler", "listener", "html", "body",
    "canvas", "form", "input", "link", "meta", "base",
})  # fmt: skip
_UNWRAPPED = frozenset({"a", "view"})
_ACTS_SMALL = frozenset(name.lower() for name in _ACTS)
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.:-]*")
_URL = re.compile(r"url\(\s*+(?P<quote>['\"]?)(?P<to>[^()'\"]*+)(?P=quote)\s*+\)", re.IGNORECASE)
_DATA = re.compile(r"data:image/(png|jpe?g|gif|webp);base64,([A-Za-z0-9+/=\s]+)", re.IGNORECASE)
_PAINTS = frozenset({"linearGradient", "radialGradient", "path", "text", "title", "desc", "stop"})
_MOST_COPIES, _MOST_CHAIN, _MOST_LOOKED = 20_000, 50, 300_000
_CSS_ACTS = re.compile(
    r"@import|@namespace|@font-face|expression\s*\(|-moz-binding|behavior\s*:|javascript:|url\s*\(|image-set|"
    r"\\"  # a backslash may spell any of these differently
)
_COMMENT = re.compile(r"/\*.*?(?:\*/|\Z)", re.DOTALL)
_LENGTH = re.compile(r"\s*+([0-9]++(?:\.[0-9]++)?)\s*+(?:px\s*+)?")
_START = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*+(?:<\?xml[^>]*\?>\s*+)?"
    rb"(?><!--.*?-->\s*|<!DOCTYPE\s+svg[^>\[]*(?:\[.*?\]\s*)?>\s*)*+<(?:\w+:)?svg[\s>]",
    re.DOTALL | re.IGNORECASE,
)  # what was read once is not read again in another way: hostile beginnings would take hours


def is_drawing(content: bytes) -> bool:
    """Say whether bytes begin as a drawing does."""
    return _START.match(content[:200_000]) is not None


def check_svg(content: bytes, most_pixels: int = MOST_PIXELS) -> Checked:
    """Return a drawing written anew. Raises Invalid for scripts, handlers, pages inside, links outward and bombs.

    All its pictures together unpack to `most_pixels`.
    """
    if len(content) > MOST_SVG_BYTES:
        refuse("too_large", _("This drawing has more than %(most)d MB. Save it simpler, or as PNG.") % {
            "most": MOST_SVG_BYTES // MEGABYTE
        })  # fmt: skip
    try:
        root = read_markup(content)
    except BadMarkup as bad:
        refuse(f"svg_{bad.code}", _told(bad.code))
    if _split(root.tag) != (SVG, "svg"):
        refuse("svg_broken", _("This is XML, but no SVG drawing. Save it as SVG or PNG."))
    _check_copies(root)
    pen = _Pen(most_pixels)
    text = pen.drawn(root, is_root=True)
    if len(text) > 2 * MOST_SVG_BYTES:
        refuse("too_large", _told("too_many"))
    mended, pixels = tuple(sorted(pen.mended)), most_pixels - pen.pixels_left
    return Checked("svg", text.encode(), *_size(root), mended=mended, pixels=pixels)


def _told(code: str) -> str:
    if code == "entities":
        return _("This drawing defines entities, which can unpack without end. Save it again as plain SVG, or as PNG.")
    if code == "broken":
        return _("This drawing is damaged. Export it again as plain SVG, or as PNG.")
    return _("This drawing is too complicated to be checked. Save it simpler, or as PNG.")


def _split(tag: str) -> tuple[str, str]:
    space, _blank, name = tag.rpartition(SEPARATOR)
    return space, name


class _Pen:
    """Writes a drawing anew, and remembers what it left out and how many pixels its pictures may still have."""

    def __init__(self, most_pixels: int) -> None:
        self.mended: set[str] = set()
        self.pixels_left = most_pixels

    def drawn(self, element: Tree.Element, *, is_root: bool = False) -> str:
        space, name = _split(element.tag)
        if name.lower() in _ACTS_SMALL:
            refuse("active_content", _("This drawing contains <%(name)s>, which can run scripts or load pages. Export "
                                       "it as plain SVG without it, or as PNG.") % {"name": name})  # fmt: skip
        inside = self._text(element, name) + "".join(
            self.drawn(child) + escape(child.tail or "") for child in element
        )  # fmt: skip
        attributes = "".join(self._attribute(key, value, name) for key, value in element.attrib.items())
        if space != SVG or name not in _DRAWS:
            self.mended.add("links" if name in _UNWRAPPED else "extras")
            return inside if space == SVG and name in _UNWRAPPED else ""
        start = f' xmlns="{SVG}"' if is_root else ""
        return f"<{name}{start}{attributes}>{inside}</{name}>"

    def _text(self, element: Tree.Element, name: str) -> str:
        text = element.text or ""
        if name == "style":
            _check_css("".join(element.itertext()))
        return escape(text)

    def _attribute(self, key: str, value: str, owner: str) -> str:
        space, name = _split(key)
        if name.lower().startswith("on"):
            refuse("active_content", _("This drawing contains the handler “%(name)s”, which runs a script. Export it "
                                       "as plain SVG without it, or as PNG.") % {"name": name[:40]})  # fmt: skip
        bare = re.sub(r"[\s\x00-\x20]+", "", value).lower()
        if re.match(r"(?:javascript|vbscript|livescript|mocha):", bare):
            refuse(
                "active_content", _("This drawing contains a script in an address. Export it without links, or as PNG.")
            )
        if name == "href" and space in ("", XLINK):
            return "" if owner in _UNWRAPPED else self._reference(value.strip(), owner)
        if space not in ("", XML) or (space == XML and name not in ("space", "lang")) or not _NAME.fullmatch(name):
            return ""
        _check_css(value)
        shown = f"xml:{name}" if space == XML else name
        return f" {shown}={quoteattr(value)}"

    def _reference(self, value: str, owner: str) -> str:
        if value.startswith("#"):
            return f" href={quoteattr(value)}"
        found = _DATA.fullmatch(value) if owner == "image" else None
        if found is None:
            refuse("outside", _("This drawing loads something from elsewhere (%(what)s). Embed it, or send a PNG.") % {
                "what": value[:60]
            })  # fmt: skip
        kind: FileKind = "jpeg" if found[1].lower() in ("jpg", "jpeg") else found[1].lower()  # type: ignore[assignment]  # the pattern's words
        try:
            inner = check_picture(base64.b64decode(found[2], validate=False), kind, self.pixels_left)
        except binascii.Error:
            refuse("damaged", _told("broken"))
        self.pixels_left -= inner.pixels
        return f' href="data:image/{kind};base64,{base64.b64encode(inner.content).decode()}"'


def _check_css(text: str) -> None:
    lowered = text.lower()
    for said in {lowered, _COMMENT.sub("", lowered)}:  # within quotes, what looks like a comment is none
        _check_said(said)


def _check_said(said: str) -> None:
    for found in _URL.finditer(said):
        if not found["to"].strip().startswith("#"):
            refuse("outside", _("A style of this drawing loads something from elsewhere. Export it as plain SVG, or as "
                                "PNG."))  # fmt: skip
    if _CSS_ACTS.search(_URL.sub("", said)):
        refuse("active_content", _("A style of this drawing can load or run something. Export it as plain SVG with "
                                   "plain colours, or as PNG."))  # fmt: skip


def _check_copies(root: Tree.Element) -> None:
    """Refuse drawings whose `use` elements copy each other without end: a few lines that take all memory to draw."""
    by_id = {value: element for element in root.iter() if (value := element.get("id"))}
    known: dict[int, int] = {}
    looked = 0

    def copies(element: Tree.Element, above: frozenset[int]) -> int:
        nonlocal looked
        if id(element) in above or len(above) > _MOST_CHAIN or looked > _MOST_LOOKED:
            refuse("svg_too_many", _told("too_many"))
        if id(element) not in known:
            total = 1
            for one in element.iter():
                looked += 1
                for name, times in Counter(_targets(one)).items():
                    target = by_id.get(name)
                    if target is not None and _split(target.tag)[1] not in _PAINTS:
                        total += times * copies(target, above | {id(element)})
            known[id(element)] = total
        if known[id(element)] > _MOST_COPIES:
            refuse("svg_too_many", _told("too_many"))
        return known[id(element)]

    copies(root, frozenset())


def _targets(element: Tree.Element) -> list[str]:
    """Return the ids of what an element draws again: by `use`, or as its pattern, mask, marker or filter."""
    found = []
    for key, value in element.attrib.items():
        name = _split(key)[1]
        if name == "href" and value.strip().startswith("#"):
            found.append(value.strip()[1:])
        elif "url(" in value.lower():
            found += [match["to"].strip()[1:] for match in _URL.finditer(value) if match["to"].strip()[:1] == "#"]
    return found


def _size(root: Tree.Element) -> tuple[int | None, int | None]:
    box = re.split(r"[\s,]+", (root.get("viewBox") or "").strip())
    sides = [_LENGTH.fullmatch(root.get(name) or "") for name in ("width", "height")]
    if sides[0] and sides[1]:
        texts = [sides[0][1], sides[1][1]]
    elif len(box) == 4 and all(_LENGTH.fullmatch(one) for one in box[2:]):
        texts = box[2:]
    else:
        return None, None
    width, height = (min(100_000, round(float(one[:12]))) for one in texts)
    return max(1, width), max(1, height)
