"""What an offer would add to a quarter: terms for one partner, a tier or everybody; prizes; fees of deliverables."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Sum

from hanse.growth.budgets.fixed import Place, kept_of, more_than, span_from
from hanse.growth.budgets.types import Member, OfferKind, OfferMade, Share, Standing
from hanse.growth.budgets.waiting import place_of, waiting_offers
from hanse.growth.challenges.models import Challenge
from hanse.growth.deliverables.fees import days_of_work
from hanse.kernel.clock import Period, local_day
from hanse.kernel.ids import text_id
from hanse.kernel.money import round_half_away
from hanse.money.commissions.models import Commission
from hanse.money.whatif.queries import what_if
from hanse.money.whatif.types import Draft
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.terms.queries import dated_terms
from hanse.programs.terms.rules import body_hash, choose_terms, deliverables_in
from hanse.programs.terms.types import Benefit, DatedTerms, Fee, Floor, TermsBody
from hanse.programs.tiers.models import Tier

_LOOK_BACK, _SECOND = timedelta(days=91), timedelta(seconds=1)


@dataclass(frozen=True, slots=True)
class Scope:
    """Whom terms are for: one enrolment, a tier, or everybody in the program."""

    program: Program
    tier: Tier | None = None
    enrolment: Enrolment | None = None

    @property
    def key(self) -> str:
        """Name it in keys of offers."""
        one = self.enrolment or self.tier or self.program
        return text_id("enr" if self.enrolment else "tie" if self.tier else "prg", one.pk)

    @property
    def place(self) -> Place:
        """Name it as stored terms do."""
        return (self.enrolment.pk if self.enrolment else None, self.tier.pk if self.tier else None)


@dataclass(frozen=True, slots=True)
class TermsOffered:
    """Terms that would be promised, read; `raw` is the body as it was written."""

    scope: Scope
    raw: Mapping[str, object]
    body: TermsBody
    starts_at: datetime
    ends_at: datetime | None
    kind: OfferKind = "terms"


class TermsCost:
    """What offered terms would add to quarters, beside what is in force for those whom they reach."""

    def __init__(self, offered: TermsOffered, members: Mapping[UUID, Member], now: datetime) -> None:
        self._offered, self._now, self._program = offered, now, offered.scope.program
        self._within = span_from(max(offered.starts_at, now), offered.ends_at)
        self._before = self._reached(members)
        self._waiting = {one.enrolment_id: one for one in waiting_offers(self._program, now)}
        self._work = self._days_of_work()
        self._change = self._change_of_commission()

    def offer(self, standings: Iterable[Standing], title: str) -> OfferMade:
        """Return the offer with what it adds to each of the quarters, partner by partner.

        Floors and fees count as they fall due; what commission counts against them only beyond the partner's own pace.
        The change of rates counts as it would have been in the last 91 days, by the part of the quarter to come.
        """
        shares = [
            Share(found.first, minor, who)
            for found in standings
            for who in self._before
            if (minor := self._in(found, who))
        ]
        scope, raw = self._offered.scope, self._offered.raw
        key = f"{self._offered.kind}:{scope.key}:{body_hash(raw, '')}"
        return OfferMade(key, self._offered.kind, title, shares, scope.enrolment.pk if scope.enrolment else None)

    def _in(self, found: Standing, who: UUID) -> int:
        fixed, covered = self._fixed(found.period, who)
        pace = found.pace.by_enrolment.get(who, 0)
        starts_at = max(self._within.starts_at, found.period.starts_at)
        rest = max(timedelta(), min(self._within.ends_at, found.period.ends_at) - starts_at)
        change = round_half_away(self._change.get(who, 0) * (rest // _SECOND), _LOOK_BACK // _SECOND)
        return fixed + change + max(0, covered - max(0, pace + change)) if covered > 0 else fixed + change

    def _fixed(self, quarter: Period, who: UUID) -> tuple[int, int]:
        """Return what the terms promise one partner beyond what is in force. What we have proposed to them counts as
        promised already, and adds less beside the new terms, or nothing."""
        new, before, place = self._offered.body, self._before[who], self._offered.scope.place
        body, zone, work = before.body if before else None, self._program.time_zone, self._work.get(who, {})
        kept = kept_of(body, place_of(before), place)
        fixed, covered = more_than(new, kept, self._within, quarter, zone, work)
        waiting = self._waiting.get(who)
        if waiting is None or waiting.within.starts_at not in self._within:
            return fixed, covered
        counted = waiting.beyond(body, place_of(before), quarter, zone, work)
        left = waiting.beyond(new, place, quarter, zone, work)
        return fixed - counted[0] + left[0], covered - counted[1] + left[1]

    def _days_of_work(self) -> dict[UUID, dict[UUID, date]]:
        bodies = [self._offered.body, *(one.body for one in self._before.values() if one is not None)]
        bodies += [one.body for one in self._waiting.values()]
        named = {id for body in bodies for id in deliverables_in(body)}
        return days_of_work(self._program, named, self._now) if named else {}

    def _reached(self, members: Mapping[UUID, Member]) -> dict[UUID, DatedTerms | None]:
        scope, at = self._offered.scope, self._within.starts_at
        (versions,) = dated_terms([self._program.pk]).values()
        found: dict[UUID, DatedTerms | None] = {}
        for who, one in members.items():
            if not one.counts or (scope.enrolment and who != scope.enrolment.pk):
                continue
            before = choose_terms(versions, who, one.tier_id, self._program.pk, at)
            if scope.enrolment is None and not self._gives_way(before, one):
                continue
            found[who] = before
        return found

    def _gives_way(self, before: DatedTerms | None, one: Member) -> bool:
        """Say whether new terms of the scope go before what somebody has: more special ones stay."""
        tier = self._offered.scope.tier
        if tier is not None and one.tier_id != tier.pk:
            return False
        if before is None:
            return True
        return before.enrolment_id is None and (tier is not None or before.tier_id is None)

    def _change_of_commission(self) -> dict[UUID, int]:
        """Return what the rates alone would have changed in the last 91 days."""
        clauses = tuple(one for one in self._offered.body.clauses if not isinstance(one, Floor | Fee | Benefit))
        since = self._now - _LOOK_BACK
        earned = Commission.objects.filter(
            enrolment_id__in=list(self._before), occurred_at__gte=since, occurred_at__lt=self._now, voided_at=None
        )
        sums: dict[UUID, int] = dict(earned.order_by().values_list("enrolment_id").annotate(sum=Sum("owed_minor")))
        if not sums:
            return {}
        scope = self._offered.scope
        draft = Draft(
            self._program.pk, scope.tier.pk if scope.tier else None, scope.enrolment.pk if scope.enrolment else None,
            TermsBody(clauses), instead_of_all=True,
        )  # fmt: skip
        effects = what_if(draft, since, self._now, list(sums)).effects
        after = {one.enrolment_id: one.after_minor for one in effects}
        return {who: after.get(who, 0) - minor for who, minor in sums.items()}


def prize_offer(challenge: Challenge, winners: int | None, prize_minor: int, now: datetime) -> OfferMade:
    """Return what opening a challenge, or bettering an open one, adds: prizes for as many as may win.

    Without a number of winners nobody knows how many: one prize counts.
    """
    zone = challenge.program.time_zone
    amount = (winners or 1) * prize_minor
    key = f"challenge:{text_id('chl', challenge.pk)}:{winners or 'any'}x{prize_minor}"
    on = max(challenge.ends_on, local_day(now, zone))
    return OfferMade(key[:160], "challenge", challenge.name, [Share(on, amount)])


def sum_offer(
    kind: OfferKind, id_text: str, enrolment: Enrolment, title: str, amount_minor: int, on: date, now: datetime
) -> OfferMade:
    """Return one sum for one partner that falls due on a day: a deliverable's fee, a joint project's share."""
    due = max(on, local_day(now, enrolment.program.time_zone))
    key = f"{kind}:{id_text}:{amount_minor}:{due.isoformat()[:7]}"
    return OfferMade(key[:160], kind, title[:200], [Share(due, amount_minor, enrolment.pk)], enrolment.pk)
