"""A letter's prose as blocks: paragraphs, headlines, buttons, boxes, lists, small tables, and Liquid between them.

Liquid is one private character each (`squeezed`), so prose can be cut into lines and styled without touching it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Final, Literal

from hanse.growth.templates.source import BLOCKS, Token, tokens_of

FIRST: Final = 0xE100  # the character of the first token; 500 follow at most
ANY_PIECE: Final = "[\ue100-\ue2ff]"
Kind = Literal["paragraph", "headline", "heading", "button", "box", "list", "table", "liquid", "mjml", "plain"]
_BUTTON = re.compile(r"\[(?P<label>[^\]\n]+)\]\((?P<address>[^)\s]+)\)")
_HEADED = re.compile(r"##? .*")
_LIQUID_LINE = re.compile(rf"\s*(?:{ANY_PIECE}\s*)+")
_BLOCK_ELEMENT = re.compile(r"<(?P<name>mj-[a-z]+|p|h1|h2|h3|ul|ol|table|div|mjml)\b[^>]*?(?P<end>/?)>")
_VOID_BLOCKS = ("mj-divider", "mj-spacer", "mj-image")
_DROPPING = frozenset(("if", "unless", "fact"))  # a paragraph in one of them goes with it
_TURNS = frozenset((*BLOCKS, *BLOCKS.values(), "else", "elsif"))


@dataclass(frozen=True, slots=True)
class Block:
    """One block; `rows` are a table's cells or a list's entries, with lone tags between them as a row of one."""

    kind: Kind
    text: str = ""
    address: str = ""
    rows: tuple[tuple[str, ...], ...] = ()


def squeezed(source: str) -> tuple[str, list[Token]]:
    """Return the source with one private character for each piece of Liquid, and the pieces."""
    tokens, _problems = tokens_of(source)
    parts: list[str] = []
    end = 0
    for index, token in enumerate(tokens):
        parts += (source[end : token.at], chr(FIRST + index))
        end = token.at + len(token.text)
    return "".join((*parts, source[end:])), tokens


def unsqueezed(text: str, tokens: Sequence[Token]) -> str:
    """Put the pieces of Liquid back."""
    return re.sub(ANY_PIECE, lambda found: tokens[ord(found[0]) - FIRST].text, text)


def blocks_of(source: str) -> tuple[list[Block], list[Token]]:
    """Cut a checked body into blocks."""
    text, tokens = squeezed(source.replace("\r\n", "\n").strip())
    blocks: list[Block] = []
    for is_element, part in _elements_apart(text):
        if is_element:
            blocks.append(Block("mjml" if part.startswith("<mj") else "plain", part))
        else:
            for group in re.split(r"\n[ \t]*\n", part):
                blocks += _group(group.strip("\n"), tokens)
    return blocks, tokens


def _elements_apart(text: str) -> Iterator[tuple[bool, str]]:
    """Part whole elements that are blocks in themselves from the prose between them."""
    at = 0
    while found := _BLOCK_ELEMENT.search(text, at):
        yield False, text[at : found.start()]
        end = found.end() if found["end"] or found["name"] in _VOID_BLOCKS else _end_of(text, found)
        yield True, text[found.start() : end]
        at = end
    yield False, text[at:]


def _end_of(text: str, opened: re.Match[str]) -> int:
    depth = 0
    for found in re.compile(rf"<(/?){opened['name']}\b[^>]*>").finditer(text, opened.start()):
        depth += -1 if found[1] else 1
        if not depth:
            return found.end()
    return len(text)


def _group(group: str, tokens: Sequence[Token]) -> Iterator[Block]:
    """Read lines without a blank one between them."""
    if not group.strip():
        return
    lines = group.split("\n")
    headed = list(takewhile(_HEADED.fullmatch, lines))  # one by one: a line each would be a call inside a call
    for line in headed:
        yield Block("heading" if line.startswith("##") else "headline", line.partition(" ")[2].strip())
    if headed:
        yield from _group("\n".join(lines[len(headed) :]), tokens)
        return
    if _is_table(lines, tokens):
        yield Block("table", rows=tuple(_cells(line) for line in lines))
        return
    head, tail = _whole_block(group, tokens)
    if head:
        yield Block("liquid", head)
        yield from _group(group.strip()[1:-1].strip("\n"), tokens)
        yield Block("liquid", tail)
        return
    prose: list[str] = []
    for line in lines:
        if _is_tags(line, tokens):
            yield from _outside(prose, tokens)
            prose = []
            yield Block("liquid", line.strip())
        else:
            prose.append(line)
    yield from _outside(prose, tokens)


def _outside(lines: Sequence[str], tokens: Sequence[Token]) -> Iterator[Block]:
    """Take out of prose what opens before it and closes behind it: it goes around the whole block."""
    text = "\n".join(lines).strip()
    before = after = ""
    while text and not _is_balanced(text, tokens):
        if re.fullmatch(ANY_PIECE, text[0]) and tokens[ord(text[0]) - FIRST].name in _TURNS:
            before, text = before + text[0], text[1:].lstrip()
        elif re.fullmatch(ANY_PIECE, text[-1]) and tokens[ord(text[-1]) - FIRST].name in _TURNS:
            after, text = text[-1] + after, text[:-1].rstrip()
        else:
            break
    if before:
        yield Block("liquid", before)
    if _whole_block(text, tokens)[0]:
        yield from _group(text, tokens)
    else:
        yield from _prose(text.split("\n"))
    if after:
        yield Block("liquid", after)


def _is_table(lines: Sequence[str], tokens: Sequence[Token]) -> bool:
    """Say whether lines are rows, with the tags of whole blocks between them."""
    if not any(line.startswith("|") for line in lines):
        return False
    return all(line.startswith("|") or _is_tags(line, tokens) for line in lines) and _is_balanced(
        "\n".join(lines), tokens
    )


def _is_tags(line: str, tokens: Sequence[Token]) -> bool:
    """Say whether a line is nothing but tags."""
    return bool(_LIQUID_LINE.fullmatch(line)) and all(
        tokens[ord(each) - FIRST].is_tag for each in re.findall(ANY_PIECE, line)
    )


def _is_balanced(text: str, tokens: Sequence[Token]) -> bool:
    depth = 0
    for each in re.findall(ANY_PIECE, text):
        name = tokens[ord(each) - FIRST].name
        depth += (name in BLOCKS) - (name in BLOCKS.values())
        if depth < 0 or (not depth and name in ("else", "elsif")):
            return False
    return depth == 0


def _whole_block(group: str, tokens: Sequence[Token]) -> tuple[str, str]:
    """Return the tags around a group that is one block of Liquid from its beginning to its end, without an else."""
    text = group.strip()
    first, last = text[:1], text[-1:]
    if not (re.fullmatch(ANY_PIECE, first) and re.fullmatch(ANY_PIECE, last)) or len(text) < 3:
        return "", ""
    if tokens[ord(first) - FIRST].name not in _DROPPING or not _is_balanced(text[1:-1], tokens):
        return "", ""
    depth = 0
    for each in re.findall(ANY_PIECE, text[1:-1]):
        name = tokens[ord(each) - FIRST].name
        depth += (name in BLOCKS) - (name in BLOCKS.values())
        if depth == 0 and name in ("else", "elsif"):
            return "", ""
    return (first, last) if tokens[ord(last) - FIRST].name in BLOCKS.values() else ("", "")


def _prose(lines: Sequence[str]) -> Iterator[Block]:
    text = "\n".join(lines).strip()
    if not text:
        return
    button = _BUTTON.fullmatch(text)
    if button:
        yield Block("button", button["label"].strip(), button["address"])
    elif text.startswith("> "):
        yield Block("box", "\n".join(line.removeprefix(">").strip() for line in text.split("\n")))
    elif all(line.startswith("- ") for line in text.split("\n")):
        yield Block("list", rows=tuple((line[2:].strip(),) for line in text.split("\n")))
    else:
        yield Block("paragraph", text)


def _cells(line: str) -> tuple[str, ...]:
    if not line.startswith("|"):
        return (line.strip(),)
    return tuple(cell.strip() for cell in line.strip().strip("|").split("|"))[:3]


def torn_apart(source: str) -> Token | None:
    """Return a tag whose block begins in one paragraph and ends within another: nobody can say what drops then."""
    blocks, tokens = blocks_of(source)
    for block in blocks:
        text = "".join((block.text, *("".join(row) for row in block.rows)))
        if block.kind not in ("liquid", "mjml", "plain") and not _is_balanced(text, tokens):
            for each in re.findall(ANY_PIECE, text):
                if tokens[ord(each) - FIRST].is_tag:
                    return tokens[ord(each) - FIRST]
    return None
