"""Bodies of mails as plain text: HTML without its marks, and what is new parted from what is quoted."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

from hanse.growth.mailroom.types import Address

_LONGEST_HTML = 400_000
_BREAKS = frozenset({"br", "p", "div", "tr", "li", "h1", "h2", "h3", "blockquote", "table", "hr"})
_SILENT = frozenset({"script", "style", "head", "title", "template", "noscript", "svg", "math", "iframe", "object"})
_FORWARDED = re.compile(
    r"^[ \t]*(?:-{2,12} ?(?:Forwarded message|Original Message|Weitergeleitete Nachricht|Ursprüngliche Nachricht"
    r"|Mensaje reenviado|Mensaje original|Wiadomość przekazana|Przekazana wiadomość|Пересланное сообщение"
    r"|Пересылаемое сообщение|轉寄郵件|转发邮件)[^\n]{0,40}"
    r"|Begin forwarded message:|Anfang der weitergeleiteten Nachricht:)[ \t]*$",
    re.IGNORECASE | re.MULTILINE,
)
_WROTE = re.compile(
    r"^[ \t]*(?:On|Am|Le|El|Il|Em|Den|W dniu|Dnia|在|於)\b[^\n]{3,200}(?:\n(?!>)[^\n]{0,120})?"
    r"(?:wrote|schrieb|a écrit|escribió|escreveu|ha scritto|skrev|napisał(?:\(a\))?|寫道|写道)[^\n]{0,40}[:：][ \t]*$"
    r"|^[^\n]{3,200}(?:пишет|писал\(а\)|написал\(а\)|寫道|写道)[ \t]*[:：][ \t]*$",
    re.MULTILINE,
)
_FROM_LINE = re.compile(
    r"^[ \t>*]{0,10}(?:From|Von|De|Od|От|寄件者|发件人|Da)[ \t*]{0,4}[:：][ \t*]{0,4}([^\n]{3,300})$", re.MULTILINE
)
_MARK = re.compile(r"/?[A-Za-z][A-Za-z0-9]{0,20}")
_HEAD_LINE = re.compile(r"[ \t>*]{0,6}\S{1,14}\*?[:：] ?")
_IN_ANGLES = re.compile(r"<(?:mailto:)?([^<>\s]{3,254})>")
_PLAIN = re.compile(r"[A-Za-z0-9._%+'-]{1,64}@[A-Za-z0-9.-]{1,190}")
_HEAD_LINES = 4_000


def words_of_html(html: str) -> str:
    """Return what a person would read of an HTML body; one pass, however broken the marks are."""
    parts: list[str] = []
    silent = ""
    for mark, text in _pieces(html[:_LONGEST_HTML]):
        if not mark:
            if not silent:
                parts.append(text)
            continue
        name = mark.lstrip("/").lower()
        if silent:
            silent = "" if mark.startswith("/") and name == silent else silent
        elif name in _SILENT and not mark.startswith("/"):
            silent = name
        elif name in _BREAKS:
            parts.append("\n")
    lines = [" ".join(line.split()) for line in unescape("".join(parts)).splitlines()]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


def _pieces(html: str) -> Iterator[tuple[str, str]]:
    """Yield (mark's name, "") and ("", words) in turn. Marks that never end are words."""
    place, end = 0, len(html)
    ends_comment = ends_mark = True
    while place < end:
        opening = html.find("<", place)
        if opening < 0:
            yield "", html[place:]
            return
        if opening > place:
            yield "", html[place:opening]
        closing = -1
        if html.startswith("<!--", opening) and ends_comment:
            closing = html.find("-->", opening)
            ends_comment = closing >= 0
            closing = closing + 2 if closing >= 0 else -1
        if closing < 0 and ends_mark:
            closing = html.find(">", opening)
            ends_mark = closing >= 0
        if closing < 0:
            yield "", "<"
            place = opening + 1
            continue
        name = _MARK.match(html, opening + 1)
        if name:
            yield name.group(), ""
        place = closing + 1


def part_quoted(text: str) -> tuple[str, str, bool]:
    """Part what is new in a mail from what it quotes; say whether that is forwarded rather than answered."""
    forwarded = _FORWARDED.search(text)
    wrote = _WROTE.search(text)
    if forwarded and (not wrote or forwarded.start() <= wrote.start()):
        return text[: forwarded.start()].strip(), text[forwarded.end() :].strip(), True
    if wrote:
        rest = text[wrote.end() :]
        if rest.lstrip().startswith(">") or not rest.strip():
            if _is_answered_below(rest):
                return text.strip(), "", False
            return text[: wrote.start()].strip(), rest.strip(), False
    lines = text.rstrip().splitlines()
    end = len(lines)
    while end and (lines[end - 1].startswith(">") or not lines[end - 1].strip()):
        end -= 1
    return "\n".join(lines[:end]).strip(), "\n".join(lines[end:]).strip(), False


def _is_answered_below(quoted: str) -> bool:
    """Say whether words stand under or between quoted lines: such an answer is kept with what it answers."""
    return any(line.strip() and not line.lstrip().startswith(">") for line in quoted.splitlines())


def forwarded_sender(quoted: str) -> Address | None:
    """Return who wrote what was forwarded, by the lines that mail programs put above it."""
    line = _FROM_LINE.search(quoted[:_HEAD_LINES])
    if line is None:
        return None
    said = line.group(1).strip()
    found = _IN_ANGLES.search(said) or _PLAIN.search(said)
    if found is None:
        return None
    email = (found.group(1) if found.re is _IN_ANGLES else found.group()).lower()
    name = said[: found.start()].strip(" \"'*([")
    return Address(name[:200], email[:254]) if _PLAIN.fullmatch(email) else None


def without_head(quoted: str) -> str:
    """Return forwarded words without the few lines From, Date, Subject, To above them."""
    lines = quoted.splitlines()
    place = 0
    while place < min(len(lines), 12) and (
        not lines[place].strip() or re.match(r"[ \t>*]{0,6}\S{1,14}\*?[:：] ?", lines[place])
    ):
        place += 1
    return "\n".join(lines[place:]).strip() if place < len(lines) else quoted
