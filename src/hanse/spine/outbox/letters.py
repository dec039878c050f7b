"""Letters: short mails in one column, as text and as plain HTML, in the language of whoever reads them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from html import escape

from hanse.spine.outbox.actions import enqueue_mail

_PAGE = (
    '<!doctype html><html lang="{language}"><head><meta charset="utf-8"><title>{subject}</title>'
    '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"></head>'
    '<body style="margin:0 auto;max-width:34rem;padding:1.5rem;font:16px/1.5 system-ui,sans-serif">{body}</body></html>'
)
_BUTTON = (
    '<p><a href="{link}" style="display:inline-block;padding:.6rem 1.1rem;border-radius:.4rem;background:#0f6a6a;'
    'color:#fff;text-decoration:none">{label}</a></p>'
)


@dataclass(frozen=True, slots=True)
class Letter:
    """One mail: the one thing first, at most one button."""

    subject: str
    paragraphs: tuple[str, ...]
    link_label: str = ""
    link: str = ""
    closing: str = ""


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


def text_of(letter: Letter) -> str:
    """Write a letter as plain text."""
    link = f"{letter.link_label}:\n{letter.link}" if letter.link else ""
    return "\n\n".join(part for part in (*letter.paragraphs, link, letter.closing) if part) + "\n"


def html_of(letter: Letter, language: str) -> str:
    """Write a letter as HTML; every text is escaped."""
    parts = [f"<p>{_lines(text)}</p>" for text in letter.paragraphs if text]
    if letter.link:
        parts.append(_BUTTON.format(link=escape(letter.link), label=escape(letter.link_label)))
    if letter.closing:
        parts.append(f'<p style="font-size:14px;opacity:.75">{_lines(letter.closing)}</p>')
    return _PAGE.format(language=escape(language), subject=escape(letter.subject), body="".join(parts))


def _lines(text: str) -> str:
    return escape(text).replace("\n", "<br>")
