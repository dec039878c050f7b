"""One program: what it pays for, where links lead, how credit is decided, what each tier earns."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from hanse.faces.common.access import console_page, may
from hanse.faces.common.page import console
from hanse.faces.console.acts import CHANGE
from hanse.faces.console.programs.common import program_of
from hanse.faces.console.programs.words import EVIDENCE, MODELS, SELF_REFERRAL
from hanse.growth.negotiations.queries import waiting_for_team
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Program
from hanse.programs.programs.queries import goals_of, policy_of
from hanse.programs.terms.drafts import drafts_of
from hanse.programs.terms.in_force import Scoped, scopes_of
from hanse.programs.terms.models import TermsDraft
from hanse.programs.terms.queries import body_of
from hanse.programs.terms.sentences import sentences
from hanse.programs.tiers.queries import tiers_of
from hanse.spine.outbox.actions import absolute_url


@console_page()
def program(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one program."""
    found, now = program_of(request, slug), clock.now()
    goals, policy = goals_of(found.pk), policy_of(found.pk)
    names = {goal.key: goal.name for goal in goals}
    context = {
        "program": found,
        "goals": goals,
        "offers": [
            (offer, text_id("off", offer.pk))
            for offer in Offer.objects.filter(program=found).order_by("archived_at", "name")
        ],
        "policy": policy,
        "policy_words": _policy_words(policy.model, policy.self_referral, policy.order),
        "scopes": scope_rows(found, names, now, drafts_of(found.pk)),
        "tiers": tiers_of(found.pk),
        "partners": Enrolment.objects.filter(program=found, status="active", is_test=False).count(),
        "join_link": absolute_url(f"/join/{found.slug}"),
        "may_change": may(request, CHANGE) and found.archived_at is None,
        "proposals": [
            (row.enrolment.partner.name, text_id("enr", row.enrolment_id), row.created_at)
            for row in waiting_for_team([found.pk], now)[:20]
        ],
    }
    return console(request, "console/programs/detail.html", "programs", context)


def _policy_words(model: str, self_referral: str, order: list[str]) -> dict[str, str]:
    levels = [str(EVIDENCE.get(kind, kind)) for kind in order or ("click", "coupon")]
    return {
        "model": str(MODELS.get(model, model)), "self_referral": str(SELF_REFERRAL.get(self_referral, self_referral)),
        "order": " → ".join(levels),
    }  # fmt: skip


def scope_rows(
    program: Program, names: dict[str, str], now: datetime, written: Mapping[str, TermsDraft]
) -> list[dict[str, object]]:
    """Return what each scope of a program earns, in sentences, with the way to change it; the program's own first."""
    found = scopes_of(program.pk, now)
    if not any(scope.tier_id is None and scope.enrolment_id is None for scope in found):
        found.insert(0, Scoped(None, None, None, ()))
    rows: list[dict[str, object]] = []
    for scope in found:
        shown = scope.in_force or (scope.coming[0] if scope.coming else None)
        rows.append({
            "scope": scope, "terms": scope.in_force, "key": scope_key(scope), "name": scope_name(scope),
            "id": text_id("trm", scope.in_force.pk) if scope.in_force else "",
            "words": sentences(body_of(shown), program.currency, names) if shown else [],
            "draft": written.get(scope_key(scope)),
            "coming": [(terms, text_id("trm", terms.pk)) for terms in scope.coming],
        })  # fmt: skip
    return rows


def scope_key(scope: Scoped) -> str:
    """Return how the editor's address names a scope: `program`, a tier's key, or an enrolment's id."""
    if scope.enrolment_id:
        return text_id("enr", scope.enrolment_id)
    shown = scope.in_force or (scope.coming[0] if scope.coming else None)
    if scope.tier_id and shown and shown.tier:
        return f"tier-{shown.tier.key}"
    return "program"


def scope_name(scope: Scoped) -> str:
    """Return whom terms are for, in words."""
    shown = scope.in_force or (scope.coming[0] if scope.coming else None)
    if shown and shown.enrolment:
        return shown.enrolment.partner.name
    if shown and shown.tier:
        return _("Tier %(tier)s") % {"tier": shown.tier.name}
    return _("Everybody else") if scope.tier_id or scope.enrolment_id else _("Every partner")
