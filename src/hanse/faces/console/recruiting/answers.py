"""Answers that no rule could read: a person writes the names that are in them, or that there are none."""

from __future__ import annotations

from uuid import UUID

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_POST

from hanse.faces.common.access import console_page, may, writes
from hanse.faces.common.page import needs_program, tell
from hanse.faces.common.tables import Column, Table, UrlState
from hanse.faces.console.recruiting.frame import recruit_page
from hanse.growth.mentions.actions import name_in_answer
from hanse.growth.mentions.models import Answer
from hanse.growth.mentions.queries import unclear_answers
from hanse.kernel import clock
from hanse.programs.programs.models import Program


@console_page()
@needs_program
@require_GET
def answers(request: HttpRequest, program: Program) -> HttpResponse:
    """List the answers to read, the oldest first, with what was read in them so far."""
    rows = unclear_answers(program.pk).prefetch_related("mentions")
    table: Table[Answer] = Table(UrlState(request.GET), rows, [Column("at", "", ("named_at",))], "at", page_size=20)
    rows_read = [(row, [one.name for one in row.mentions.all()]) for row in table.page_rows]
    context = {"table": table, "rows": rows_read, "may_act": may(request)}
    return recruit_page(request, program, "console/recruiting/answers.html", "answers", context)


@console_page()
@require_POST
@writes
@needs_program
def read(request: HttpRequest, program: Program, answer_id: UUID) -> HttpResponse:
    """Keep the names that a person read, one a line; none means that nobody is named."""
    row = get_object_or_404(unclear_answers(program.pk), pk=answer_id)
    names = [line.strip()[:120] for line in str(request.POST.get("names", ""))[:4000].splitlines() if line.strip()]
    kept = name_in_answer(row, names, now=clock.now())
    said = ngettext("%(count)d name kept", "%(count)d names kept", kept) % {"count": kept}
    tell(request, said if names else _("Noted: nobody is named there"))
    return HttpResponseRedirect(reverse("console:answers"))
