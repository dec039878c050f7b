"""Addresses that pages link to by name; a page that this installation does not have is simply not linked."""

from __future__ import annotations

from uuid import UUID

from django.http import Http404
from django.urls import NoReverseMatch, reverse

from hanse.kernel.errors import Invalid
from hanse.kernel.ids import parse_id, text_id


def href(name: str, *args: object) -> str:
    """Return the path of a named page, or nothing if there is none of that name."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def partner_href(partner_id: UUID) -> str:
    """Return the path of a partner's page in the console."""
    return href("console:partner", text_id("prt", partner_id))


def id_or_404(prefix: str, text: str) -> UUID:
    """Read an id from a path. Raises Http404 for anything that is none."""
    try:
        return parse_id(prefix, text)
    except Invalid as wrong:
        raise Http404 from wrong


def bare_id(text: str) -> UUID | None:
    """Read an id that a form carries bare, without its kind; None for anything that is none."""
    try:
        return UUID(text) if len(text) == 36 else None
    except ValueError:
        return None
