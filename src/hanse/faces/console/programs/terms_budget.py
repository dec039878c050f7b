"""What a draft of terms would do to the budgets, said before it is sent."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from hanse.faces.common import format as fmt
from hanse.faces.common.reader import reader
from hanse.faces.console.money.budget_words import place_words
from hanse.faces.console.programs.terms_scope import Scope
from hanse.faces.console.programs.terms_sheet import Sheet
from hanse.growth.budgets.guarding import terms_offer, would_exceed
from hanse.growth.budgets.models import BudgetRules
from hanse.growth.budgets.offers import Scope as OfferScope
from hanse.growth.budgets.queries import when_over
from hanse.growth.budgets.rules import quarter_text
from hanse.people.partners.queries import partner_types
from hanse.programs.programs.models import Program


def budget_said(program: Program, scope: Scope, sheet: Sheet, now: datetime) -> list[str]:
    """Return one sentence for each budget that a draft would exceed, the worst first; none without plans."""
    priced = terms_offer(
        OfferScope(program, scope.tier, scope.enrolment), sheet.body, max(sheet.starts_at, now), sheet.ends_at, now=now
    )
    if priced is None:
        return []
    breaches = would_exceed(program, priced[0], now, priced[1])
    if not breaches:
        return []
    types, language, said = {one.slug: one.name for one in partner_types()}, reader().language, []
    for one in breaches:
        words = {
            "plan": place_words(one.type, one.tier, types), "quarter": quarter_text(one.first),
            "added": fmt.money(one.added_minor, program.currency, language),
            "over": fmt.money(one.over_minor, program.currency, language),
        }  # fmt: skip
        text = _("%(plan)s, %(quarter)s: this adds %(added)s and goes %(over)s beyond the budget.")
        if not one.is_beyond:
            text = _("%(plan)s, %(quarter)s: this adds %(added)s; at today’s pace it ends %(over)s beyond the budget.")
        said.append(text % words)
    if breaches[0].is_beyond and when_over(program.pk) == BudgetRules.WhenOver.APPROVE:
        said.append(_("It needs the approval of an owner or finance."))
    return said
