"""The development mail box: letters that were written as files because no mail server is set, read in the console."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.http import require_GET

from hanse.faces.common.access import OWN, console_page
from hanse.faces.common.page import needs_program
from hanse.faces.console.inbox.frame import inbox_page
from hanse.growth.mailroom.showing import ShownMail, show_mail
from hanse.programs.programs.models import Program

SHOWN = 100
_MOST_BYTES = 2_000_000
_NAME = re.compile(r"\d{8}T\d{6}-[0-9a-f-]{1,40}\.eml")
_HEADERS = 8_000


@dataclass(frozen=True, slots=True)
class Filed:
    """One letter in the box."""

    name: str
    at: datetime
    mail: ShownMail


@console_page(roles=OWN, write_roles=OWN)
@needs_program
@require_GET
def mailbox(request: HttpRequest, program: Program) -> HttpResponse:
    """List the newest letters. Owners only: letters hold links that sign in."""
    found = [_filed(path, headers_only=True) for path in _paths()[:SHOWN]]
    context = {"letters": found, "by_smtp": bool(settings.HANSE_SMTP_URL)}
    return inbox_page(request, "console/inbox/mailbox.html", "mailbox", context)


@console_page(roles=OWN, write_roles=OWN)
@needs_program
@require_GET
def letter(request: HttpRequest, program: Program, name: str) -> HttpResponse:
    """Show one letter: its headers and its words. Its HTML is shown as words too, never run."""
    path = _folder() / name
    if not _NAME.fullmatch(name) or not path.is_file():
        raise Http404
    return inbox_page(request, "console/inbox/letter.html", "mailbox", {"letter": _filed(path)})


def _folder() -> Path:
    return Path(settings.DATA_DIR) / "mail"


def _paths() -> list[Path]:
    if not _folder().is_dir():
        return []
    return sorted((path for path in _folder().iterdir() if _NAME.fullmatch(path.name)), reverse=True)


def _filed(path: Path, *, headers_only: bool = False) -> Filed:
    with path.open("rb") as file:
        raw = file.read(_HEADERS if headers_only else _MOST_BYTES)
    at = datetime.strptime(f"{path.name[:15]}+0000", "%Y%m%dT%H%M%S%z")
    return Filed(path.name, at, show_mail(raw, headers_only=headers_only))
