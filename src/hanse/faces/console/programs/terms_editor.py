"""The terms editor: sentences with slots, tried on last year's orders before anybody is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.access import actor, console_page, writes
from hanse.faces.common.page import console, tell
from hanse.faces.common.reader import reader
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import said
from hanse.faces.console.programs.common import program_of
from hanse.faces.console.programs.terms_draft import KINDS
from hanse.faces.console.programs.terms_rows import rows_of
from hanse.faces.console.programs.terms_scope import Scope, scope_of
from hanse.faces.console.programs.terms_sheet import Sheet, sheet_from_form, sheet_from_terms
from hanse.faces.console.programs.terms_slots import Choices
from hanse.faces.console.programs.terms_try import tried
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Refused
from hanse.money.commissions.publishing import publish_terms
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import goals_of
from hanse.programs.terms.sentences import sentences


@console_page(roles=CHANGE, write_roles=CHANGE)
@writes
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Write, try and publish terms for a program, a tier or one partner. Only publishing stores anything."""
    program, now = program_of(request, slug), clock.now()
    scope = scope_of(program, request.POST.get("scope") or request.GET.get("scope", ""), now)
    if request.method != "POST":
        return _page(request, program, scope, sheet_from_terms(scope, program, now), now)
    sheet = sheet_from_form(request.POST, program, now)
    does = request.POST.get("do", "")
    if does == "publish" and not sheet.is_wrong and _publish(request, program, scope, sheet, now):
        return HttpResponseRedirect(reverse("console:program", args=[program.slug]), status=303)
    wrong = (sheet.is_wrong and does in ("show", "publish")) or bool(sheet.refusals)
    return _page(request, program, scope, sheet, now, try_it=does == "show", status=422 if wrong else 200)


def _publish(request: HttpRequest, program: Program, scope: Scope, sheet: Sheet, now: datetime) -> bool:
    starts_at = max(sheet.starts_at, now) if sheet.starts_today else sheet.starts_at
    try:
        made = publish_terms(
            program=program, tier=scope.tier, enrolment=scope.enrolment, body=sheet.body, name=sheet.name,
            legal_text=sheet.legal_text, starts_at=starts_at, ends_at=sheet.ends_at, reason=sheet.reason, now=now,
            by=actor(request),
        )  # fmt: skip
    except (Invalid, Refused) as refusal:
        sheet.refuse(refusal.code if isinstance(refusal, Refused) else "", said(refusal))
        return False
    day = fmt.long_day(made.starts_at.astimezone(reader().zone).date(), reader().language)
    tell(
        request,
        _("Version %(number)d for %(who)s begins on %(day)s.") % {"number": made.number, "who": scope.name, "day": day},
    )
    return True


def _page(
    request: HttpRequest, program: Program, scope: Scope, sheet: Sheet, now: datetime, *, try_it: bool = False,
    status: int = 200,
) -> HttpResponse:  # fmt: skip
    goals = goals_of(program.pk)
    names = {goal.key: goal.name for goal in goals}
    choices = Choices(tuple((goal.key, goal.name.lower()) for goal in goals), program.currency)
    before = sentences(scope.body, program.currency, names) if scope.body else []
    after = sentences(sheet.terms, program.currency, names) if sheet.terms else []
    context: dict[str, Any] = {
        "program": program, "scope": scope, "sheet": sheet, "rows": rows_of(sheet.drafts, choices), "kinds": _kinds(),
        "removed": [words for words in before if words not in after],
        "added": [words for words in after if words not in before],
        "same": before == after,
        "tried": tried(program, scope, sheet.terms, now) if try_it and sheet.terms else None,
    }  # fmt: skip
    return console(request, "console/programs/terms_edit.html", "programs", context, status=status)


def _kinds() -> list[tuple[str, str, str]]:
    words = {
        "percent": (_("A percentage"), _("of each line’s value")),
        "fixed": (_("A fixed sum"), _("for each conversion or unit")),
        "ladder": (_("A ladder"), _("rates or bonuses that rise with what is brought")),
        "multiplier": (_("A multiplier"), _("such as double for new customers")),
        "milestone": (_("A milestone"), _("a sum once, at the first or tenth sale")),
        "cap": (_("A cap"), _("the most that is paid")),
        "floor": (_("A floor"), _("an amount promised for each period")),
        "fee": (_("A fee"), _("a sum once, at signing or on a day")),
    }
    return [(kind, *words[kind]) for kind in KINDS]
