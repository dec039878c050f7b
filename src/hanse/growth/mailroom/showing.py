"""Letters of ours as a person reads them: headers, words, what hangs on them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from hanse.growth.mailroom.headers import header, shown
from hanse.growth.mailroom.reading import body_of, parsed
from hanse.growth.mailroom.types import Attached

_SHOWN_HEADERS = (
    "From", "To", "Reply-To", "Date", "Message-ID", "In-Reply-To", "List-Unsubscribe", "List-Unsubscribe-Post",
    "Content-Language",
)  # fmt: skip
_LONGEST = 200_000


@dataclass(frozen=True, slots=True)
class ShownMail:
    """One letter, safe to show."""

    to: str
    subject: str
    headers: Sequence[tuple[str, str]]
    text: str = ""
    html: str = ""
    attached: Sequence[Attached] = ()


def show_mail(raw: bytes, *, headers_only: bool = False) -> ShownMail:
    """Read a letter for showing; with `headers_only` the beginning of its file is enough."""
    message, parts = parsed(raw, headers_only=headers_only)
    headers = [(name, value) for name in _SHOWN_HEADERS if (value := header(message, name, 500))]
    to, subject = header(message, "To"), header(message, "Subject")
    if headers_only:
        return ShownMail(to, subject, headers)
    plain, html, attached = body_of(parts)
    return ShownMail(to, subject, headers, shown(plain, _LONGEST), html[:_LONGEST], attached)
