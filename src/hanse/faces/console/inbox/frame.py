"""The frame of the inbox's pages, and how their things are said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from hanse.faces.console.messages.frame import messages_page
from hanse.kernel.errors import Refused
from hanse.programs.enrolments.models import Enrolment


def inbox_page(
    request: HttpRequest, template: str, here: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with a page of Messages whose tab `here` is open."""
    return messages_page(request, template, here, context, status=status)


def partner_named(rows: QuerySet[Enrolment], asked: str) -> Enrolment:
    """Return whom an address or a name means. Refuses nobody, and a name that several partners have."""
    found = list(rows.filter(partner__email__iexact=asked)[:1]) or list(rows.filter(partner__name__iexact=asked)[:2])
    if not found:
        raise Refused("no_such_partner", _("There is no partner with this name or address here."))
    if len(found) > 1:
        message = _("Several partners are called %(name)s: write the address instead.")
        raise Refused("several_partners", message % {"name": asked})
    return found[0]


def channel_words() -> dict[str, tuple[str, str]]:
    """Return for each channel its icon and how it is called."""
    return {
        "email": ("mail", _("by mail")), "portal": ("message", _("in the portal")), "slack": ("message", _("in Slack")),
        "discord": ("message", _("in Discord")), "copy": ("mail", _("a copy of their mail")),
        "forwarded": ("arrow-right", _("forwarded")), "call": ("phone", _("a call")),
        "meeting": ("calendar-event", _("a meeting")), "note": ("note", _("for colleagues")),
    }  # fmt: skip


def topic_words() -> dict[str, str]:
    """Return how topics are called."""
    return {"support": _("Support"), "product": _("Product"), "founder": _("Founder")}


def status_words() -> dict[str, str]:
    """Return how the states of conversations are called."""
    return {"open": _("Waiting for us"), "answered": _("Answered"), "closed": _("Closed")}
