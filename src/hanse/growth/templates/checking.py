"""Checking a letter when it is saved: whatever cannot be is told with its line and column, and nothing is kept."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from django.utils.translation import gettext as _
from liquid.exceptions import LiquidError

from hanse.growth.templates.blocks import torn_apart
from hanse.growth.templates.context import KNOWN, Variable
from hanse.growth.templates.names import Used, names_in
from hanse.growth.templates.sandbox import parsed
from hanse.growth.templates.source import (
    OUTPUT,
    OUTPUT_REST,
    Element,
    elements_of,
    masked,
    place,
    structure_problems,
    tokens_of,
)
from hanse.growth.templates.types import Place

MAX_BODY: Final = 20_000
FIELDS: Final[Mapping[str, int]] = {"subject": 200, "preview": 200, "kicker": 100, "body": MAX_BODY}
_ADDRESSES = frozenset(("href", "src"))
_PLAIN_ATTRIBUTES = frozenset(("href", "src", "alt", "title", "align", "lang", "colspan", "rowspan", "scope", "width"))
_LOOKS = re.compile(
    r"(?:align|padding(?:-\w+)?|color|background-color|container-background-color|font-(?:size|weight|style)|width|height"
    r"|line-height|border(?:-[a-z-]+)?|inner-padding|text-align|vertical-align|css-class|letter-spacing)"
)
_LOOK_VALUE = re.compile(r"[\w #%.,()-]{0,80}")
_ADDRESS = re.compile(r"(?:https?://[^\s\\]+|mailto:[^\s\\]+)", re.IGNORECASE)
_MARKED_LINK = re.compile(r"\]\((?P<address>[^)\n]*)\)")


@dataclass(frozen=True, slots=True)
class Checked:
    """What a source uses, and what is wrong with it; `places` is empty where it may be kept."""

    used: Used
    places: tuple[Place, ...]


def check_source(source: str, kinds: Iterable[str], *, is_body: bool) -> Checked:
    """Check one text of a letter: Liquid, names, elements, addresses. `kinds` are the facts that there are."""
    tokens, problems = tokens_of(source)
    used = Used()
    if problems:
        return Checked(used, tuple(problems))
    problems += structure_problems(source, tokens)
    mask = masked(source, tokens)
    elements = elements_of(mask)
    if elements and not is_body:
        problems.append(place(source, elements[0].at, _("Elements stand in the body only."), "no_elements"))
    problems += _attribute_problems(source, elements)
    problems += [
        found
        for link in _MARKED_LINK.finditer(mask)
        if (found := _address_problem(source, link["address"], link.start("address")))
    ]
    if not problems:
        problems += _liquid_problems(source, kinds, used)
    if is_body and not problems and (torn := torn_apart(source)):
        message = _("This block reaches over paragraphs. Put its tags on lines of their own.")
        problems.append(place(source, torn.at, message, "torn"))
    return Checked(used, tuple(sorted(problems, key=lambda each: (each.line, each.column))))


def _liquid_problems(source: str, kinds: Iterable[str], used: Used) -> list[Place]:
    try:
        template = parsed(source, False)
    except (LiquidError, RecursionError) as refused:
        return [liquid_place(source, refused)]
    return names_in(template, source, kinds, used)


def liquid_place(source: str, refused: Exception) -> Place:
    """Say where and why Liquid refuses a source."""
    token = getattr(refused, "token", None)
    at = token.start_index if token is not None and token.start_index >= 0 else len(source)
    said = str(getattr(refused, "message", None) or _("This cannot be read."))
    return place(source, at, f"{said[:1].upper()}{said[1:].rstrip('.')}.", "liquid")


def _attribute_problems(source: str, elements: Iterable[Element]) -> list[Place]:
    problems = []
    for element in elements:
        is_mailed = element.name.startswith("mj")
        for name, value, at in element.attributes:
            if name in _ADDRESSES:
                problem = _address_problem(source, value, at)
                problems += [problem] if problem else []
            elif name not in _PLAIN_ATTRIBUTES and not (is_mailed and _LOOKS.fullmatch(name)):
                message = _("<%(element)s> has no attribute “%(name)s” in a letter.")
                problems.append(
                    place(source, at, message % {"element": element.name, "name": name}, "unknown_attribute")
                )
            elif is_mailed and name not in _PLAIN_ATTRIBUTES and not _LOOK_VALUE.fullmatch(value):
                problems.append(place(source, at, _("“%s” cannot have this value.") % name, "bad_value"))
        if element.name == "mj-image" and not _source_of(element).startswith("https://"):
            problems.append(place(source, element.at, _("A picture comes from an https address."), "bad_address"))
    return problems


def _source_of(element: Element) -> str:
    return next((value for name, value, _at in element.attributes if name == "src"), "")


def _address_problem(source: str, value: str, at: int) -> Place | None:
    """Say why something cannot be where a link leads: a whole address of the context, or http, https or mailto."""
    if value.startswith(OUTPUT):
        length = len(value) - len(value[1:].lstrip(OUTPUT_REST))
        name = source[at + 2 : at + length - 2].strip()
        if length == len(value) and _is_address(name):
            return None
        message = _("“%s” is no address of the context. A link leads to one, or begins with https://.") % name
        return place(source, at, message, "bad_address")
    if _ADDRESS.fullmatch(value) and not re.match(rf"https?://[^/]*{OUTPUT}", value):
        return None
    return place(source, at, _("A link leads to an address of the context, or begins with https://."), "bad_address")


def _is_address(name: str) -> bool:
    variable: Variable | None = KNOWN.get(name)
    return (variable is not None and variable.kind == "address") or name.endswith((".address", ".page"))
