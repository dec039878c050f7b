"""XML read without its dangers: no entities, no depth without end, nothing loaded from anywhere."""

from __future__ import annotations

import xml.etree.ElementTree as Tree
from typing import NoReturn
from xml.parsers import expat

MOST_DEPTH, MOST_NODES = 100, 60_000
SEPARATOR = " "


class BadMarkup(ValueError):
    """It is not XML that can be taken; the code says why: `broken`, `entities`, `too_deep`, `too_many`."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def read_markup(content: bytes, most_nodes: int = MOST_NODES) -> Tree.Element:
    """Return the root; names are `namespace name` or `name`. Raises BadMarkup. Comments and instructions are left out.

    A DOCTYPE may name a DTD, which is never read; one with declarations inside is refused.
    """
    builder, seen, depth = Tree.TreeBuilder(), 0, 0
    parser = expat.ParserCreate(namespace_separator=SEPARATOR)
    parser.SetParamEntityParsing(expat.XML_PARAM_ENTITY_PARSING_NEVER)

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal seen, depth
        seen, depth = seen + 1, depth + 1
        if depth > MOST_DEPTH:
            raise BadMarkup("too_deep")
        if seen > most_nodes:
            raise BadMarkup("too_many")
        builder.start(name, attributes)

    def end(name: str) -> None:
        nonlocal depth
        depth -= 1
        builder.end(name)

    def doctype(_name: str, _system: str | None, _public: str | None, has_declarations: int) -> None:
        if has_declarations:
            raise BadMarkup("entities")

    def entity(*_told: object) -> NoReturn:
        raise BadMarkup("entities")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler = builder.data
    parser.StartDoctypeDeclHandler, parser.EntityDeclHandler = doctype, entity
    try:
        parser.Parse(content, True)
        root: Tree.Element = builder.close()
    except BadMarkup:
        raise
    except (expat.ExpatError, AssertionError, ValueError, LookupError) as error:
        raise BadMarkup("broken") from error
    return root
