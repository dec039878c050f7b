"""The audit log: who changed what, from what to what."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext as _

from hanse.faces.common.access import console_page
from hanse.faces.common.tables import Column, Table, UrlState, export, wants_csv
from hanse.faces.console.settings.frame import settings_page
from hanse.faces.console.verbs import verb_words
from hanse.spine.audit.models import AuditEntry


@console_page()
def audit(request: HttpRequest) -> HttpResponseBase:
    """List changes, the newest first."""
    state = UrlState(request.GET)
    table: Table[AuditEntry] = Table(state, _found(state.text("q")), _columns(), "-at")
    if wants_csv(request):
        return export("audit", table)
    context = {
        "table": table,
        "q": state.text("q"),
        "rows": [(row, verb_words(row.verb), _words(row.subject_kind), changes_of(row)) for row in table.page_rows],
    }
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


def changes_of(row: AuditEntry) -> list[tuple[str, Any, Any]]:
    """Return each column that an entry changed, with what it was and what it is."""
    names = [name for name in row.after if not name.endswith("_id") and row.after[name] not in ("", None, [])]
    names += [name for name in row.before if name not in row.after]
    return [(name.replace("_", " "), row.before.get(name), row.after.get(name)) for name in names[:6]]


def _words(name: str) -> str:
    return name.replace("_", " ")
