"""The audit log: who changed what, from what to what."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.access import console_page
from hanse.faces.common.page import current_program
from hanse.faces.common.reader import reader
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.settings.frame import settings_page
from hanse.faces.console.verbs import verb_words
from hanse.spine.audit.models import AuditEntry

_UUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@console_page()
def audit(request: HttpRequest) -> HttpResponseBase:
    """List changes, the newest first."""
    state = UrlState(request.GET)
    table: Table[AuditEntry] = Table(state, _found(state.text("q")), _columns(), "-at")
    if wants_csv(request):
        return export("audit", table)
    program = current_program(request)
    currency = program.currency if program else ""
    rows = [(row, verb_words(row.verb), _name(row.subject_kind), changes_of(row, currency)) for row in table.page_rows]
    context = {"table": table, "q": state.text("q"), "rows": rows}
    return settings_page(request, "console/settings/audit.html", "audit", context)


def _found(text: str) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.all()
    if not text:
        return rows
    word = text.lower().replace(" ", "_")
    return rows.filter(
        Q(actor__icontains=text) | Q(verb__icontains=word) | Q(subject_kind__icontains=word) | Q(subject_id=text)
    )


def _columns() -> Sequence[Column[AuditEntry]]:
    return [
        Column("at", _("When"), order=("at",), cell=lambda row: row.at.isoformat(), is_number=True),
        Column("actor", _("Who"), order=("actor",), cell=lambda row: row.actor),
        Column("verb", _("Did what"), order=("verb",), cell=lambda row: row.verb),
        Column("kind", _("To what"), order=("subject_kind",), cell=lambda row: row.subject_kind),
        Column("id", _("Id"), cell=lambda row: row.subject_id),
        Column("before", _("Before"), cell=lambda row: str(row.before)),
        Column("after", _("After"), cell=lambda row: str(row.after)),
        Column("reason", _("Reason"), cell=lambda row: row.reason),
    ]


def changes_of(row: AuditEntry, currency: str) -> list[tuple[str, str, str]]:
    """Return what an entry changed, from what to what, in words; ids and hashes are left out."""
    names = [name for name in row.after if not _is_machine(name, row.after[name])]
    names += [name for name in row.before if name not in row.after and not _is_machine(name, row.before[name])]
    return [
        (_name(name), _said(name, row.before.get(name), currency), _said(name, row.after.get(name), currency))
        for name in names[:6]
    ]


def _is_machine(name: str, value: object) -> bool:
    if name.endswith(("_id", "_hash", "hash")) or value in ("", None, [], {}):
        return True
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


def _name(name: str) -> str:
    return name.removesuffix("_minor").replace("_", " ")


def _said(name: str, value: object, currency: str) -> str:
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, int) and currency and (name.endswith("_minor") or name == "total"):
        return fmt.money(value, currency, reader().language)
    if isinstance(value, str) and name.endswith(("_at", "_until")):
        return _moment(value)
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)


def _moment(text: str) -> str:
    try:
        return fmt.exact(datetime.fromisoformat(text), reader().zone, reader().language)
    except ValueError:
        return text
