"""The terms editor: sentences with slots, tried on last year's orders before anybody is told."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.access import actor, console_page, writes
from hanse.faces.common.page import console, tell
from hanse.faces.common.reader import reader
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.forms import said
from hanse.faces.console.programs.agreements import answered_proposal
from hanse.faces.console.programs.common import program_of
from hanse.faces.console.programs.terms_budget import budget_said
from hanse.faces.console.programs.terms_draft import CLAUSE_FIELD, KINDS, fields_of_drafts
from hanse.faces.console.programs.terms_rows import rows_of
from hanse.faces.console.programs.terms_scope import Scope, scope_of
from hanse.faces.console.programs.terms_sheet import Sheet, sheet_from_form, sheet_from_terms
from hanse.faces.console.programs.terms_slots import Choices
from hanse.faces.console.programs.terms_try import trial
from hanse.growth.deliverables.fees import check_named
from hanse.growth.deliverables.queries import works_to_name
from hanse.growth.negotiations.actions import Offered, counter, propose
from hanse.growth.negotiations.models import Proposal
from hanse.growth.negotiations.notices import tell_of_terms
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid, Refused
from hanse.kernel.ids import text_id
from hanse.money.publishing.actions import publish_terms
from hanse.money.publishing.notice import earliest_start
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import goals_of
from hanse.programs.terms.differences import differences
from hanse.programs.terms.drafts import MOST_CHARACTERS, discard_draft, draft_of, keep_draft
from hanse.programs.terms.models import Terms


@console_page(roles=CHANGE, write_roles=CHANGE)
@writes
def edit(request: HttpRequest, slug: str) -> HttpResponse:
    """Write, try, propose and publish terms for a program, a tier or one partner. What is half written is kept."""
    program, now = program_of(request, slug), clock.now()
    scope = scope_of(program, request.POST.get("scope") or request.GET.get("scope", ""), now)
    answered = answered_proposal(scope, request.POST.get("answers") or request.GET.get("answers", ""), now)
    if request.method != "POST":
        return _page(request, program, scope, _first_sheet(program, scope, answered, now), answered, now)
    does = request.POST.get("do", "")
    if does == "discard":
        discard_draft(program, scope.key)
        return _leave(request, f"{reverse('console:terms_edit', args=[slug])}?scope={scope.key}")
    sheet = sheet_from_form(request.POST, program, now)
    is_late = does == "keep" and request.POST.get("base", "") != _base(program, scope)
    if not is_late:  # what is kept a moment after it was published would come back as a draft
        _keep(request, program, scope, sheet, now)
    if does == "keep":
        return HttpResponse(status=204)
    done = None if sheet.is_wrong else _act(request, program, scope, sheet, answered, now)
    if done is not None:
        discard_draft(program, scope.key)
        return _leave(request, done)
    wrong = (sheet.is_wrong and does in ("show", "publish", "propose")) or bool(sheet.refusals)
    return _page(
        request, program, scope, sheet, answered, now, try_it=does == "show", status=422 if wrong else 200
    )  # fmt: skip


def _base(program: Program, scope: Scope) -> str:
    """Name what was published and proposed for a scope when the page was written."""
    versions = Terms.objects.filter(program=program, tier=scope.tier, enrolment=scope.enrolment).count()
    proposals = Proposal.objects.filter(enrolment=scope.enrolment).count() if scope.enrolment else 0
    return f"{versions}-{proposals}"


def _leave(request: HttpRequest, path: str) -> HttpResponse:
    """Go on to another page, whole: a form sent by htmx would put it into its own place."""
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(headers={"HX-Redirect": path})
    return HttpResponseRedirect(path, status=303)


def _first_sheet(program: Program, scope: Scope, answered: Proposal | None, now: datetime) -> Sheet:
    draft = draft_of(program.pk, scope.key)
    if draft is not None and (answered is None or draft.fields.get("answers") == text_id("prp", answered.pk)):
        kept = QueryDict(mutable=True)
        kept.update(draft.fields)
        return sheet_from_form(kept, program, now)
    return sheet_from_terms(scope, program, now, dict(answered.body) if answered else None)


def _keep(request: HttpRequest, program: Program, scope: Scope, sheet: Sheet, now: datetime) -> None:
    """Keep the draft as it will be shown: after what the button did to its clauses."""
    does = request.POST.get("do", "")
    fields = {name: str(value) for name, value in request.POST.items() if name not in ("csrfmiddlewaretoken", "do")}
    if ":" in does or does in ("json", "sentences"):
        fields = {name: value for name, value in fields.items() if name not in ("view", "json")}
        fields |= {"view": "json", "json": sheet.json_text}
        if not sheet.as_json:
            fields.pop("view")
            fields.pop("json")
            fields = {name: value for name, value in fields.items() if not CLAUSE_FIELD.match(name)}
            fields |= fields_of_drafts(sheet.drafts)
    if sum(len(value) for value in fields.values()) <= MOST_CHARACTERS:
        keep_draft(program, scope.key, fields, now=now, by=actor(request))


def _act(
    request: HttpRequest, program: Program, scope: Scope, sheet: Sheet, answered: Proposal | None, now: datetime
) -> str | None:
    """Publish or propose where that was asked; return where to go on, or None."""
    does = request.POST.get("do", "")
    if does == "publish" and _publish(request, program, scope, sheet, now):
        return reverse("console:program", args=[program.slug])
    if does == "propose" and scope.enrolment is not None and _propose(request, scope, sheet, answered, now):
        return reverse("console:agreement", args=[text_id("enr", scope.enrolment.pk)])
    return None


def _propose(request: HttpRequest, scope: Scope, sheet: Sheet, answered: Proposal | None, now: datetime) -> bool:
    assert scope.enrolment is not None
    starts_at = None if sheet.starts_today else sheet.starts_at
    offered = Offered(
        sheet.body, sheet.reason, sheet.message, sheet.legal_text, starts_at, sheet.ends_at, sheet.expires_at
    )  # fmt: skip
    try:
        if answered is not None:
            counter(answered, offered, side="team", now=now, by=actor(request))
        else:
            propose(scope.enrolment, offered, now=now, by=actor(request))
    except (Invalid, Refused) as refusal:
        sheet.refuse(refusal.code if isinstance(refusal, Refused) else "", said(refusal))
        return False
    tell(request, _("Signed and sent to %(who)s.") % {"who": scope.name})
    return True


def _publish(request: HttpRequest, program: Program, scope: Scope, sheet: Sheet, now: datetime) -> bool:
    starts_at = max(sheet.starts_at, now) if sheet.starts_today else sheet.starts_at
    try:
        check_named(sheet.body, program, scope.enrolment)
        made = publish_terms(
            program=program, tier=scope.tier, enrolment=scope.enrolment, body=sheet.body, name=sheet.name,
            legal_text=sheet.legal_text, starts_at=starts_at, ends_at=sheet.ends_at, reason=sheet.reason, now=now,
            by=actor(request),
        )  # fmt: skip
    except (Invalid, Refused) as refusal:
        sheet.refuse(refusal.code if isinstance(refusal, Refused) else "", said(refusal))
        return False
    tell_of_terms(made, now)
    day = fmt.long_day(made.starts_at.astimezone(reader().zone).date(), reader().language)
    tell(
        request,
        _("Version %(number)d for %(who)s begins on %(day)s.") % {"number": made.number, "who": scope.name, "day": day},
    )
    return True


def _page(
    request: HttpRequest, program: Program, scope: Scope, sheet: Sheet, answered: Proposal | None, now: datetime, *,
    try_it: bool = False, status: int = 200,
) -> HttpResponse:  # fmt: skip
    goals = goals_of(program.pk)
    names = {goal.key: goal.name for goal in goals}
    works = works_to_name(program.pk, scope.enrolment.pk if scope.enrolment else None)
    choices = Choices(tuple((goal.key, goal.name.lower()) for goal in goals), program.currency, tuple(works))
    changes = differences(scope.body, sheet.terms, program.currency, names) if sheet.terms else []
    context: dict[str, Any] = {
        "program": program, "scope": scope, "sheet": sheet, "rows": rows_of(sheet.drafts, choices),
        "kinds": kinds_of_clauses(), "takes_json": True, "changes": changes, "same": not changes,
        "draft": draft_of(program.pk, scope.key), "answers": text_id("prp", answered.pk) if answered else "",
        "notice_day": _notice_day(program, now), "base": _base(program, scope),
    }  # fmt: skip
    if try_it and sheet.terms:
        context |= trial(program, scope, sheet.terms, now)
        context["beyond"] = budget_said(program, scope, sheet, now)
    return console(request, "console/programs/terms_edit.html", "programs", context, status=status)


def _notice_day(program: Program, now: datetime) -> str:
    if not program.notice_days:
        return ""
    return fmt.long_day(local_day(earliest_start(program, now), program.time_zone), reader().language)


def kinds_of_clauses() -> list[tuple[str, str, str]]:
    """Return every kind of clause with its name and what it is about."""
    words = {
        "percent": (_("A percentage"), _("of each line’s value")),
        "fixed": (_("A fixed sum"), _("for each conversion or unit")),
        "ladder": (_("A ladder"), _("rates or bonuses that rise with what is brought")),
        "multiplier": (_("A multiplier"), _("such as double for new customers")),
        "milestone": (_("A milestone"), _("a sum once, at the first or tenth sale")),
        "cap": (_("A cap"), _("the most that is paid")),
        "floor": (_("A floor"), _("an amount promised for each period")),
        "fee": (_("A fee"), _("a sum once, at signing or on a day")),
        "referral": (_("A share of recruits"), _("of what partners whom they bring in earn")),
        "benefit": (_("A benefit"), _("something that is no money, with what it is worth")),
    }
    return [(kind, *words[kind]) for kind in KINDS]
