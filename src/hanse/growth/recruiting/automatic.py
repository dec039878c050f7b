"""Rules that take applicants in without a person: conditions over the application, and never while a risk is open."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, QuerySet
from django.utils.translation import gettext as _

from hanse.growth.mentions.keys import name_key
from hanse.growth.mentions.models import Mention, Spelling
from hanse.growth.prospects.models import Prospect
from hanse.growth.recruiting.approval import approve_application
from hanse.growth.recruiting.models import Application, ApprovalRule
from hanse.growth.recruiting.risks import open_risks
from hanse.growth.recruiting.rules import BY_RULE
from hanse.kernel.conditions import FieldKind, holds, parse_condition
from hanse.kernel.errors import Problem
from hanse.kernel.ids import new_id
from hanse.people.access.models import TeamUser
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks

FIELDS: Mapping[str, FieldKind] = {
    "applicant.country": "country", "applicant.language": "text", "applicant.email_domain": "text",
    "applicant.company": "text", "applicant.channels": "texts", "applicant.channel_count": "number",
    "applicant.is_invited": "boolean", "applicant.is_brought_by_partner": "boolean",
    "applicant.is_prospect": "boolean", "applicant.named_by": "number", "answer.*": "any",
}  # fmt: skip
MOST_RULES = 20


def add_rule(
    program: Program, *, name: str, condition: object, tier: Tier | None = None, now: datetime, by: str
) -> ApprovalRule:
    """Keep a rule from now on. Raises Invalid with pointers into the condition."""
    checks = Checks()
    name = checks.text("name", name, 120, required=True)
    if tier is not None and tier.program_id != program.pk:
        checks.refuse("tier", _("This tier belongs to another program."), "not_an_option")
    problems: list[Problem] = []
    parse_condition(condition, FIELDS, "/condition", problems)
    checks.problems += problems
    if rules_in(program.pk).count() >= MOST_RULES:
        checks.refuse("", _("There are twenty rules already; end one first."), "too_many")
    checks.done()
    row = ApprovalRule.objects.create(
        id=new_id(now), program=program, name=name, condition=condition, tier=tier, created_at=now, created_by=by[:200]
    )
    record_creation(row, actor=by, verb="add_approval_rule", fields=("program_id", "name", "condition"), now=now)
    return row


def end_rule(rule: ApprovalRule, *, now: datetime, by: str) -> ApprovalRule:
    """Let a rule take nobody in any more; an ended one stays as it is."""
    if rule.ended_at is None:
        audited_save(rule, {"ended_at": now}, actor=by, verb="end_approval_rule", now=now)
    return rule


def rules_in(program_id: UUID) -> QuerySet[ApprovalRule]:
    """Return the rules of a program that are in force, in the order they are tried."""
    rows = ApprovalRule.objects.filter(program_id=program_id, ended_at=None).select_related("tier")
    return rows.order_by("created_at", "pk")


def approve_by_rule(application: Application, *, now: datetime) -> ApprovalRule | None:
    """Take an applicant in whom a rule wants. Returns the rule that did, if one.

    A person decides while a risk is open, about those whose enrolment was ended or whose address signs in otherwise,
    and where the invitation was somebody else's.
    """
    rules = list(rules_in(application.program_id))
    if not rules or application.status != "waiting" or application.program.archived_at is not None:
        return None
    values = values_of(application)
    rule = next((one for one in rules if _fits(one, values)), None)
    if rule is None or any(needs(application) for needs in (_was_ended, _is_anothers, _signs_in_otherwise, open_risks)):
        return None
    approve_application(application, tier=rule.tier, now=now, by=f"{BY_RULE}{rule.name}")
    return rule


def _was_ended(application: Application) -> bool:
    mine = Enrolment.objects.filter(program_id=application.program_id, partner__email=application.email)
    return mine.filter(status=Enrolment.Status.ENDED).exists()


def _is_anothers(application: Application) -> bool:
    """Whoever came by an invitation to another address is not the one whom somebody asked."""
    return application.invitation is not None and application.invitation.email != application.email


def _signs_in_otherwise(application: Application) -> bool:
    """Say whether the address is that of a closed login, or of somebody who signs in for another partner."""
    person = TeamUser.objects.select_related("partner").filter(email=application.email).first()
    if person is None:
        return False
    return not person.is_active or person.partner is None or person.partner.email != application.email


def values_of(application: Application) -> dict[str, object]:
    """Return what rules may ask about an application."""
    values: dict[str, object] = {
        "applicant.country": application.country or None,
        "applicant.language": application.language,
        "applicant.email_domain": application.email.rpartition("@")[2],
        "applicant.company": application.company or None,
        "applicant.channels": [str(channel).lower() for channel in application.channels],
        "applicant.channel_count": len(application.channels),
        "applicant.is_invited": application.invitation_id is not None,
        "applicant.is_brought_by_partner": application.recruited_by_id is not None,
        "applicant.is_prospect": Prospect.objects.filter(
            program_id=application.program_id, email=application.email
        ).exists(),
        "applicant.named_by": _named_by(application),
    }
    return values | {f"answer.{one['key']}": one["answer"] for one in application.answers}


def _fits(rule: ApprovalRule, values: Mapping[str, object]) -> bool:
    problems: list[Problem] = []
    condition = parse_condition(rule.condition, FIELDS, "/condition", problems)
    return condition is not None and holds(condition, values)


def _named_by(application: Application) -> int:
    """Return how many people named the applicant, by any name or place of theirs."""
    texts: list[Any] = [application.name, application.company, application.website, *application.channels]
    keys = {key for text in texts if text and len(key := name_key(str(text))[:120]) > 2}
    candidates = Spelling.objects.filter(program_id=application.program_id, key__in=keys).values("candidate_id")
    named = Mention.objects.filter(candidate_id__in=candidates).aggregate(people=Count("answer_id", distinct=True))
    return int(named["people"] or 0)
