"""The source of a letter as pieces with their places, and whether its tags and elements close in the right order.

A letter is prose with a little markup (`# headline`, `**bold**`, `[label](address)`), Liquid, and MJML or plain
elements where somebody wants them. Whatever is wrong is told with line and column.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _

from hanse.growth.templates.types import Place

MAX_TOKENS: Final = 500
BLOCKS: Final = {"if": "endif", "unless": "endunless", "for": "endfor", "fact": "endfact"}
_ENDS: Final = {end: name for name, end in BLOCKS.items()}
_LIQUID = re.compile(r"\{\{.*?\}\}|\{%-?\s*(?P<name>[\w#]*)(?P<rest>.*?)-?%\}", re.DOTALL)
_OWN: Final = re.compile("[\ue000-\uf8ff]")  # stand for Liquid while elements are read
_OPEN = re.compile(
    r"<(?P<name>[a-zA-Z][a-zA-Z0-9-]*)(?P<attributes>(?:\s+[^\s=<>\"'/]+(?:\s*=\s*\"[^\"<>]*\")?)*)\s*(?P<end>/?)>"
)
_CLOSE = re.compile(r"</(?P<name>[a-zA-Z][a-zA-Z0-9-]*)\s*>")
ATTRIBUTE: Final = re.compile(r"(?P<name>[^\s=<>\"'/]+)(?:\s*=\s*\"(?P<value>[^\"<>]*)\")?")
OUTPUT, OUTPUT_REST, TAG, TAG_REST = "\ue000", "\ue001", "\ue002", "\ue003"
VOID: Final = frozenset(("br", "img", "hr", "mj-divider", "mj-spacer", "mj-image"))
INLINE: Final = frozenset(("a", "b", "strong", "i", "em", "u", "s", "small", "span", "sub", "sup", "br", "code"))
PLAIN: Final = INLINE | {"p", "h1", "h2", "h3", "ul", "ol", "li", "table", "tbody", "tr", "th", "td", "caption", "div"}
MAILED: Final = frozenset(
    ("mjml", "mj-body", "mj-wrapper", "mj-section", "mj-column", "mj-group", "mj-text", "mj-button", "mj-table",
     "mj-divider", "mj-spacer", "mj-image")
)  # fmt: skip

_CONTENT = frozenset(("mj-text", "mj-button", "mj-table", "mj-divider", "mj-spacer", "mj-image"))
_INSIDE: Final = {
    "mjml": ("",), "mj-body": ("mjml",), "mj-wrapper": ("", "mj-body"), "mj-section": ("", "mj-body", "mj-wrapper"),
    "mj-group": ("mj-section",), "mj-column": ("mj-section", "mj-group"),
    **dict.fromkeys(_CONTENT, ("", "mj-column")),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Token:
    """One piece of Liquid: `{{ … }}` where `name` is "", else the tag `{% name rest %}`."""

    text: str
    at: int
    name: str
    rest: str

    @property
    def is_tag(self) -> bool:
        return self.text.startswith("{%")


@dataclass(frozen=True, slots=True)
class Element:
    """The beginning of an element, with its attributes still masked."""

    name: str
    at: int
    attributes: tuple[tuple[str, str, int], ...]
    is_void: bool


def place(source: str, at: int, message: str, code: str) -> Place:
    """Name the line and the column of an index, both from 1."""
    at = max(0, min(at, len(source)))
    return Place(source.count("\n", 0, at) + 1, at - source.rfind("\n", 0, at), message, code)


def tokens_of(source: str) -> tuple[list[Token], list[Place]]:
    """Return the Liquid of a source, and what is wrong with it as pieces."""
    tokens, problems, end = [], [], 0
    for found in _LIQUID.finditer(source):
        problems += _loose(source, end, found.start())
        tokens.append(Token(found[0], found.start(), found["name"] or "", (found["rest"] or "").strip()))
        end = found.end()
    problems += _loose(source, end, len(source))
    for token in tokens:
        if "\n" in token.text:
            problems.append(place(source, token.at, _("Keep what stands in braces on one line."), "broken_line"))
    if len(tokens) > MAX_TOKENS:
        problems.append(
            place(source, tokens[MAX_TOKENS].at, _("More than %d pieces of Liquid are too many.") % MAX_TOKENS, "long")
        )
    if own := _OWN.search(source):
        problems.append(place(source, own.start(), _("This character is not for letters."), "bad_character"))
    return tokens, problems


def _loose(source: str, start: int, end: int) -> list[Place]:
    """Find braces that open and never close."""
    found = re.compile(r"\{[{%]").search(source, start, end)
    if not found:
        return []
    message = _("“%(opened)s” is never closed by “%(close)s”.")
    close = "}}" if found[0] == "{{" else "%}"
    return [place(source, found.start(), message % {"opened": found[0], "close": close}, "not_closed")]


def masked(source: str, tokens: list[Token]) -> str:
    """Return the source of the same length with Liquid covered, so that elements can be read with their places."""
    parts: list[str] = []
    end = 0
    for token in tokens:
        first, rest = (TAG, TAG_REST) if token.is_tag else (OUTPUT, OUTPUT_REST)
        parts += (source[end : token.at], first, rest * (len(token.text) - 1))
        end = token.at + len(token.text)
    return "".join((*parts, source[end:]))


def structure_problems(source: str, tokens: list[Token]) -> list[Place]:
    """Check that tags and elements close in the order in which they opened; every problem with its place."""
    return _Structure(source, tokens).read()


class _Structure:
    """Reads a source from its beginning with everything that is open on one stack."""

    def __init__(self, source: str, tokens: list[Token]) -> None:
        self.source, self.mask = source, masked(source, tokens)
        self.by_place = {token.at: token for token in tokens}
        self.open: list[tuple[str, int, bool]] = []  # what is open, where, and whether its else has come
        self.problems: list[Place] = []

    def read(self) -> list[Place]:
        at = 0
        for found in re.finditer(f"[<{TAG}]", self.mask):
            if found.start() < at:
                continue
            if found[0] == TAG:
                self._tag(self.by_place[found.start()])
                at = found.end()
            else:
                at = self._element(found.start())
        for name, where, _has_else in reversed(self.open):
            self._refuse(where, _("%(what)s is never closed.") % {"what": _said(name)}, "not_closed")
        return self.problems

    def _refuse(self, at: int, message: str, code: str) -> None:
        self.problems.append(place(self.source, at, message, code))

    def _tag(self, token: Token) -> None:
        if token.name in BLOCKS:
            self.open.append((f"%{token.name}", token.at, False))
        elif token.name in _ENDS:
            self._close(f"%{_ENDS[token.name]}", token.at)
        elif token.name in ("else", "elsif"):
            self._turn(token)
        else:
            known = ", ".join(sorted(BLOCKS))
            message = _("A letter knows no tag “%(name)s”. Its tags are: %(known)s.")
            self._refuse(token.at, message % {"name": token.name or "{% %}", "known": known}, "unknown_tag")

    def _turn(self, token: Token) -> None:
        """Read `else` and `elsif`: what opened since the block began must be closed."""
        while self.open and not self.open[-1][0].startswith("%"):
            name, where, _has_else = self.open.pop()
            self._refuse(where, _("%(what)s is not closed before “%(tag)s”.") % _pair(name, token.name), "not_closed")
        if not self.open:
            self._refuse(token.at, _("“%s” stands in no block.") % token.name, "not_open")
            return
        name, where, has_else = self.open[-1]
        if has_else or (token.name == "elsif" and name != "%if"):
            self._refuse(token.at, _("“%s” cannot stand here.") % token.name, "wrong_place")
        self.open[-1] = (name, where, token.name == "else")

    def _element(self, at: int) -> int:
        if closed := _CLOSE.match(self.mask, at):
            self._close(closed["name"].lower(), at)
            return closed.end()
        opened = _OPEN.match(self.mask, at)
        if opened is None:
            follows = self.mask[at + 1 : at + 2]
            message = _("This element is not written to its end.") if follows.isalpha() or follows in "/!?" else ""
            self._refuse(at, message or _("Write &lt; where you mean “<”."), "not_closed")
            return at + 1
        name = opened["name"].lower()
        self._known(name, at, opened)
        if name not in VOID and not opened["end"]:
            self.open.append((name, at, False))
        return opened.end()

    def _known(self, name: str, at: int, opened: re.Match[str]) -> None:
        if name not in PLAIN and name not in MAILED:
            self._refuse(at, _("A letter holds no element <%s>.") % name, "unknown_element")
        elif name not in VOID and opened["end"]:
            self._refuse(at, _("Write </%(name)s> to close <%(name)s>.") % {"name": name}, "not_closed")
        around = next((each[0] for each in reversed(self.open) if not each[0].startswith("%")), "")
        fits = around in _INSIDE[name] if name in _INSIDE else around not in _INSIDE or around in _CONTENT
        if not fits:
            said = {"what": _said(name), "around": _said(around)}
            self._refuse(at, _("%(what)s cannot stand inside %(around)s.") % said, "wrong_place")
        if TAG in opened[0]:
            tag = at + opened[0].index(TAG)
            self._refuse(tag, _("A tag cannot stand inside an element’s own brackets."), "wrong_place")

    def _close(self, name: str, at: int) -> None:
        names = [entry[0] for entry in self.open]
        if name not in names or any(
            entry.startswith("%") for entry in names[len(names) - names[::-1].index(name) :] if not name.startswith("%")
        ):
            self._refuse(at, _("%(what)s closes, but it is not open here.") % {"what": _said(name)}, "not_open")
            return
        while self.open[-1][0] != name:
            left, where, _has_else = self.open.pop()
            self._refuse(where, _("%(what)s is not closed before “%(tag)s”.") % _pair(left, _said(name)), "not_closed")
        self.open.pop()


def _said(name: str) -> str:
    return f"{{% {name[1:]} %}}" if name.startswith("%") else f"<{name}>"


def _pair(name: str, tag: str) -> dict[str, str]:
    return {"what": _said(name), "tag": tag}


def elements_of(mask: str) -> list[Element]:
    """Return the beginnings of a masked source's elements with their attributes and the places of their values."""
    found = []
    for opened in _OPEN.finditer(mask):
        start = opened.start("attributes")
        attributes = tuple(
            (
                each["name"].lower(),
                each["value"] or "",
                start + (each.start("value") if each["value"] else each.start()),
            )
            for each in ATTRIBUTE.finditer(opened["attributes"])
        )
        name = opened["name"].lower()
        found.append(Element(name, opened.start(), attributes, name in VOID))
    return found
