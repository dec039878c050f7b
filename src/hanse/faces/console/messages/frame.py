"""The tabs of Messages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from hanse.faces.common.page import console
from hanse.faces.common.tabs import Entry, tabs
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.enrolments.queries import enrolments_of_program
from hanse.programs.programs.models import Program

TABS: tuple[Entry, ...] = (
    ("letters", pgettext_lazy("mail", "Letters"), "console:messages"),
    ("library", _("Library"), "console:library"),
    ("audiences", _("Audiences"), "console:audiences"),
    ("sequences", _("Sequences"), "console:sequences"),
    ("newsletters", _("Newsletters"), "console:newsletters"),
    ("results", _("Results"), "console:letter_results"),
    ("incidents", _("Incidents"), "console:incidents"),
    ("inbox", _("Inbox"), "console:inbox"),
    ("meetings", _("Meetings"), "console:meetings"),
    ("thanks", _("Recognition"), "console:recognition"),
    ("doors", _("Mail and chats in"), "console:mail_doors"),
    ("mailbox", _("Sent mail"), "console:mailbox"),
)


def messages_page(
    request: HttpRequest, template: str, here: str, context: Mapping[str, Any], *, status: int = 200
) -> HttpResponse:
    """Answer with a page of Messages whose tab `here` is open."""
    return console(request, template, "messages", {**context, "tabs": tabs(TABS, here)}, status=status)


def readers(program: Program) -> list[Enrolment]:
    """Return partners to look at a letter with, by name; at most 200."""
    rows = enrolments_of_program(program.pk).filter(partner__archived_at=None, is_test=False)
    return list(rows.exclude(status=Enrolment.Status.PENDING)[:200])
