"""Letters: short mails in one column, as text and as HTML, in the language of whoever reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape

from hanse.spine.outbox.actions import enqueue_mail
from hanse.spine.outbox.mail_style import BUTTON, FACT, FACTS, FOOT, FROM, HEAD, LINK, PAGE, PARAGRAPH, SIGNATURE


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail: the one thing first, at most one button.

    `sender` and `kicker` stand on top, `title` (default: the subject) is the headline, `preview` is what the list of
    mails shows. `address` is an own link in a frame, `facts` a small table under `facts_title`, `signature` who writes.
    """

    subject: str
    paragraphs: tuple[str, ...]
    link_label: str = ""
    link: str = ""
    closing: str = ""
    sender: str = ""
    kicker: str = ""
    title: str = ""
    preview: str = ""
    address: str = ""
    after: tuple[str, ...] = ()
    facts_title: str = ""
    facts: tuple[tuple[str, str], ...] = ()
    signature: str = ""
    foot: str = ""


def send_letter(letter: Letter, key: str, *, to: str, language: str, now: datetime) -> bool:
    """Promise a letter; the same key promises nothing more. Returns whether it is new."""
    return enqueue_mail(
        key,
        to=to,
        subject=letter.subject,
        text=text_of(letter),
        html=html_of(letter, language),
        language=language,
        now=now,
    )


def mail_of(letter: Letter, *, to: str, language: str) -> dict[str, object]:
    """Return the payload of a letter's mail, for many at once."""
    return {
        "to": to, "subject": " ".join(letter.subject.split()), "text": text_of(letter),
        "html": html_of(letter, language), "language": language, "headers": {},
    }  # fmt: skip


def text_of(letter: Letter) -> str:
    """Write a letter as plain text."""
    link = f"{letter.link_label}:\n{letter.link}" if letter.link else ""
    facts = "\n".join(f"{name}: {value}" for name, value in letter.facts)
    facts = f"{letter.facts_title}\n{facts}" if facts and letter.facts_title else facts
    foot = f"--\n{letter.foot or letter.sender}" if letter.foot or letter.sender else ""
    parts = (letter.title, *letter.paragraphs, letter.address, link, *letter.after, facts, letter.closing)
    return "\n\n".join(part for part in (*parts, letter.signature, foot) if part) + "\n"


def html_of(letter: Letter, language: str) -> str:
    """Write a letter as HTML; every text is escaped."""
    parts = [FROM.format(sender=escape(letter.sender), kicker=escape(letter.kicker))] if letter.sender else []
    parts.append(HEAD.format(text=escape(letter.title or letter.subject)))
    parts += [_paragraph(text) for text in letter.paragraphs if text]
    if letter.address:
        parts.append(LINK.format(text=escape(letter.address)))
    if letter.link:
        parts.append(BUTTON.format(link=escape(letter.link), label=escape(letter.link_label)))
    parts += [_paragraph(text) for text in letter.after if text]
    if letter.facts:
        rows = "".join(FACT.format(name=escape(name), value=escape(value)) for name, value in letter.facts)
        parts.append(FACTS.format(title=escape(letter.facts_title), rows=rows))
    if letter.closing:
        parts.append(_paragraph(letter.closing))
    if letter.signature:
        parts.append(SIGNATURE.format(text=_lines(letter.signature)))
    if letter.foot or letter.sender:
        parts.append(FOOT.format(text=_lines(letter.foot or letter.sender)))
    preview = escape(letter.preview or next(iter(letter.paragraphs[1:]), ""))
    subject = escape(letter.subject)
    return PAGE.format(language=escape(language), subject=subject, preview=preview, body="".join(parts))


def _paragraph(text: str) -> str:
    return PARAGRAPH.format(text=_lines(text))


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
