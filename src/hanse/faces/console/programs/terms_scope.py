"""For whom terms are written: every partner, a tier, or one partner; and what is in force for them now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.http import Http404
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _

from hanse.faces.common.links import id_or_404
from hanse.kernel.errors import NotFound
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.terms.in_force import scopes_of
from hanse.programs.terms.models import Terms
from hanse.programs.terms.queries import body_of
from hanse.programs.terms.types import TermsBody
from hanse.programs.tiers.models import Tier
from hanse.programs.tiers.queries import tier_by_key


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom the terms are for. `own` is the scope's version in force; `shown` what counts for it now, own or not."""

    key: str
    name: str
    tier: Tier | None
    enrolment: Enrolment | None
    own: Terms | None
    shown: Terms | None

    @property
    def body(self) -> TermsBody | None:
        """The clauses that count for the scope now."""
        return body_of(self.shown) if self.shown else None

    @property
    def next_number(self) -> int:
        """The number that the next version will have, at the earliest."""
        return self.own.number + 1 if self.own else 1


def scope_of(program: Program, text: str, now: datetime) -> Scope:
    """Return a scope by its name in addresses: `program`, `tier-power`, `enr_…`. Raises Http404."""
    tier, enrolment, name = None, None, _("every partner")
    if text.startswith("tier-"):
        try:
            tier = tier_by_key(program.pk, text.removeprefix("tier-"))
        except NotFound as missing:
            raise Http404 from missing
        name = _("tier %(tier)s") % {"tier": tier.name}
    elif text.startswith("enr_"):
        enrolments = Enrolment.objects.select_related("partner", "tier")
        enrolment = get_object_or_404(enrolments, pk=id_or_404("enr", text), program=program)
        name = enrolment.partner.name
    found = {(scope.tier_id, scope.enrolment_id): scope.in_force for scope in scopes_of(program.pk, now)}
    own = found.get((tier.pk if tier else None, enrolment.pk if enrolment else None))
    its_tier = tier or (enrolment.tier if enrolment else None)
    shown = own or (found.get((its_tier.pk, None)) if its_tier else None) or found.get((None, None))
    return Scope(text if tier or enrolment else "program", name, tier, enrolment, own, shown)
