"""Building a letter once: prose and MJML become one HTML template, its plain-text twin, and what a preview shows.

MJML is compiled and its styles are inlined before anything is filled in, so no partner's value can become an element.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import unescape
from typing import Final

import css_inline
import mrml

from hanse.growth.templates.blocks import ANY_PIECE, FIRST, Block, blocks_of, unsqueezed
from hanse.growth.templates.layout import CLOSE, END, FOOT, FOOT_TEXT, FROM, HEAD, OPEN
from hanse.growth.templates.source import Token

GO, END_GO = "\ue300", "\ue301"
_OWN: Final = 0xE400  # the layout's own Liquid
_BOLD = re.compile(r"\*\*(?P<text>[^*\n]+)\*\*")
_LINK = re.compile(r"\[(?P<label>[^\]\n]+)\]\((?P<address>[^)\s]+)\)")
_HREF = re.compile(r'href="(?P<address>[^"]*)"')
_ANCHOR = re.compile(r'<a\b[^>]*?href="(?P<address>[^"]*)"[^>]*>(?P<label>.*?)</a>', re.DOTALL)
_BARE = re.compile(r"&(?!#?\w{1,12};)")
_OWN_TOKEN = re.compile(r"\{\{.*?\}\}|\{%.*?%\}")
_SECTIONS = ("<mj-section", "<mj-wrapper")
_INLINER = css_inline.CSSInliner(keep_style_tags=True, load_remote_stylesheets=False)
_PARSING = mrml.ParserOptions(include_loader=mrml.noop_loader())
_WRITING = mrml.RenderOptions(fonts={})


class Unbuildable(Exception):
    """MJML that cannot be compiled; the message says why."""


@dataclass(frozen=True, slots=True)
class Built:
    """One language of a letter, ready to be filled: each a Liquid source."""

    html: str
    text: str
    preview: str


@lru_cache(maxsize=256)
def build(body: str, subject: str, preview: str, language: str) -> Built:
    """Build a checked letter. Raises Unbuildable where elements are nested as MJML does not know them."""
    blocks, tokens = blocks_of(body)
    text = unsqueezed("".join(_text(block, tokens) for block in blocks), tokens).strip() + "\n\n" + FOOT_TEXT
    shown = unsqueezed("".join(_shown(block) for block in blocks), tokens)
    return Built(_html(blocks, tokens, subject, preview, language), _gone(text), _gone(shown))


def _gone(text: str) -> str:
    return text.replace(GO, "{% go %}").replace(END_GO, "{% endgo %}")


def _html(blocks: Sequence[Block], tokens: Sequence[Token], subject: str, preview: str, language: str) -> str:
    own: list[str] = []

    def keep(found: re.Match[str]) -> str:
        own.append(found[0])
        return chr(_OWN + len(own) - 1)

    def layout(source: str) -> str:
        return _OWN_TOKEN.sub(keep, source)

    head = HEAD.format(language=language, subject=layout("{{ __subject__ }}"), preview=layout("{{ __preview__ }}"))
    mjml = "".join((head, OPEN, layout(FROM), *(_mjml(block, tokens) for block in blocks), layout(FOOT), CLOSE, END))
    html = _compiled(mjml)
    html = re.sub(f"<!--({ANY_PIECE})-->", r"\1", html)
    html = re.sub("[\ue400-\ue4ff]", lambda found: own[ord(found[0]) - _OWN], html)
    return _gone(unsqueezed(html, tokens))


def _compiled(mjml: str) -> str:
    """Compile MJML and inline its styles; private characters travel as words, which attributes let pass."""
    word = "hzx"
    while word in mjml:
        word += "x"
    spelled = re.sub("[\ue100-\ue4ff]", lambda found: f"{word}{ord(found[0]):04x}", mjml)
    try:
        html = _INLINER.inline(mrml.to_html(spelled, _PARSING, _WRITING).content)
    except (OSError, ValueError) as refused:
        raise Unbuildable(str(refused)) from refused
    except BaseException as broken:  # the compiler's own faults come past Exception: it is not written in Python
        if type(broken).__name__ != "PanicException":
            raise
        raise Unbuildable(str(broken)[:200]) from broken
    return re.sub(f"{word}([0-9a-f]{{4}})", lambda found: chr(int(found[1], 16)), html)


def _mjml(block: Block, tokens: Sequence[Token]) -> str:
    """Write one block as MJML; tags between blocks stand in comments, which tables let pass."""
    text = _inline(block.text)
    match block.kind:
        case "liquid":
            return "".join(f"<mj-raw><!--{each}--></mj-raw>" for each in re.findall(ANY_PIECE, block.text))
        case "headline" | "heading":
            return _mj_text(f"<h1>{text}</h1>" if block.kind == "headline" else f"<h2>{text}</h2>")
        case "button":
            return f'<mj-button href="{GO}{block.address}{END_GO}">{text}</mj-button>'
        case "box":
            return _mj_text(f'<p class="lk">{text}</p>')
        case "list":
            return _mj_text(f"<ul>{''.join(f'<li>{_inline(row[0])}</li>' for row in block.rows)}</ul>")
        case "table":
            return _mj_text(_table(block, tokens))
        case "plain":
            return _mj_text(_commented(_counted(block.text), tokens))
        case "mjml":
            return _whole(_commented(_counted(block.text), tokens))
        case _:
            return _mj_text(f"<p>{text}</p>")


def _mj_text(html: str) -> str:
    return f"<mj-text>{html}</mj-text>"


def _whole(mjml: str) -> str:
    """Let whole sections stand beside ours; of a whole document only the body counts."""
    if mjml.startswith("<mjml"):
        body = re.search(r"<mj-body\b[^>]*>(.*)</mj-body>", mjml, re.DOTALL)
        mjml = body[1].strip() if body else ""
    return f"{CLOSE}{mjml}{OPEN}" if any(each in mjml for each in _SECTIONS) else mjml


def _commented(text: str, tokens: Sequence[Token]) -> str:
    return re.sub(
        ANY_PIECE, lambda found: f"<!--{found[0]}-->" if tokens[ord(found[0]) - FIRST].is_tag else found[0], text
    )


def _counted(text: str) -> str:
    return _BARE.sub("&amp;", _HREF.sub(lambda found: f'href="{GO}{found["address"]}{END_GO}"', text))


def _inline(text: str) -> str:
    """Write prose as HTML: bold, links, lines."""
    text = _counted(text)
    text = _LINK.sub(lambda found: f'<a href="{GO}{found["address"]}{END_GO}">{found["label"]}</a>', text)
    return _BOLD.sub(r"<b>\g<text></b>", text).replace("\n", "<br>")


def _table(block: Block, tokens: Sequence[Token]) -> str:
    rows = []
    for row in block.rows:
        if len(row) == 1 and re.fullmatch(rf"(?:{ANY_PIECE}\s*)+", row[0]) and _are_tags(row[0], tokens):
            rows.append(_commented(row[0], tokens))
            continue
        head, *cells = row
        values = "".join(f"<td>{_inline(cell)}</td>" for cell in cells)
        rows.append(f'<tr><th scope="row">{_inline(head)}</th>{values}</tr>')
    return f'<table class="fa"><tbody>{"".join(rows)}</tbody></table>'


def _are_tags(text: str, tokens: Sequence[Token]) -> bool:
    return all(tokens[ord(each) - FIRST].is_tag for each in re.findall(ANY_PIECE, text))


def _text(block: Block, tokens: Sequence[Token]) -> str:
    """Write one block as plain text."""
    match block.kind:
        case "liquid":
            return block.text
        case "button":
            return f"{_plain(block.text)}:\n{GO}{block.address}{END_GO}\n\n"
        case "list":
            return "".join(f"- {_plain(row[0])}\n" for row in block.rows) + "\n"
        case "table":
            lines = (
                row[0] if len(row) == 1 and _are_tags(row[0], tokens) else f"{': '.join(map(_plain, row))}\n"
                for row in block.rows
            )
            return f"{''.join(lines)}\n"
        case "mjml":
            return f"{_plain(_whole(block.text).replace(OPEN, '').replace(CLOSE, ''))}\n\n"
        case "heading":
            return f"{_plain(block.text)}\n"
        case _:
            return f"{_plain(block.text)}\n\n"


def _plain(text: str) -> str:
    text = _LINK.sub(lambda found: f"{found['label']} ({GO}{found['address']}{END_GO})", text)
    text = re.sub(
        r'<mj-button\b[^>]*?href="([^"]*)"[^>]*>(.*?)</mj-button>',
        lambda found: f"{found[2].strip()}:\n{GO}{found[1]}{END_GO}\n\n", text, flags=re.DOTALL,
    )  # fmt: skip
    text = _ANCHOR.sub(lambda found: f"{found['label']} ({GO}{found['address']}{END_GO})", text)
    text = re.sub(r"<br\s*/?>|</(?:p|h1|h2|h3|li|tr|mj-text|div)>", "\n", text)
    return unescape(re.sub(r"</?[a-zA-Z][^>]*>", "", _BOLD.sub(r"\g<text>", text))).strip()


def _shown(block: Block) -> str:
    """Write one block for the console's preview: our own elements, no looks of their own."""
    text = _BOLD.sub(r"<b>\g<text></b>", _LINK.sub(_shown_link, _BARE.sub("&amp;", block.text)))
    text = re.sub(r"</?mj-[a-z]+\b[^>]*>|</?mjml\b[^>]*>", " ", text)
    text = _HREF.sub('class="lnk"', text)
    match block.kind:
        case "liquid":
            return block.text
        case "headline":
            return f'<p class="w6 f5">{text}</p>'
        case "heading":
            return f'<p class="w6">{text}</p>'
        case "button":
            return f'<p><span class="btn btn-primary">{text}</span></p>'
        case "box":
            return f'<p class="boxed">{text}</p>'
        case "list":
            return f"<ul>{''.join(f'<li>{_shown_inline(row[0])}</li>' for row in block.rows)}</ul>"
        case "table":
            return "".join(_shown_row(row) for row in block.rows)
        case "mjml" | "plain":
            return f"<div>{text}</div>"
        case _:
            return f"<p>{text.replace(chr(10), '<br>')}</p>"


def _shown_row(row: Sequence[str]) -> str:
    if len(row) == 1:
        return row[0]
    cells = "".join(f"<span>{_shown_inline(cell)}</span>" for cell in row)
    return f'<p class="row-b pair">{cells}</p>'


def _shown_inline(text: str) -> str:
    return _BOLD.sub(r"<b>\g<text></b>", _LINK.sub(_shown_link, _BARE.sub("&amp;", text)))


def _shown_link(found: re.Match[str]) -> str:
    return f'<span class="lnk">{found["label"]}</span>'
