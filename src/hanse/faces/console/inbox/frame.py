"""The frame of the inbox's pages, and how their things are said."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from hanse.faces.console.messages.frame import messages_page


def inbox_page(
    request: HttpRequest, template: str, here: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with a page of Messages whose tab `here` is open."""
    return messages_page(request, template, here, context, status=status)


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
