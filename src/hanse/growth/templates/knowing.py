"""What letters are filled with, read for many partners at once: only the parts that a letter names."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q

from hanse.growth.nextstep.rules import Standing, Step, next_step
from hanse.growth.silence.models import Silence
from hanse.growth.silence.queries import silence_of
from hanse.growth.tiers.models import TierStanding
from hanse.growth.tiers.queries import standings_of
from hanse.growth.tiers.sentences import PartnerWords
from hanse.growth.tiers.versions import rules_of, tier_names
from hanse.insight.facts.kinds import KINDS
from hanse.insight.facts.queries import facts_of
from hanse.insight.facts.types import FoundFact
from hanse.insight.figures.queries import figures_of
from hanse.insight.figures.types import Figures
from hanse.people.partners.models import PayoutDetails
from hanse.programs.domains.queries import link_base
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Program
from hanse.programs.terms.queries import dated_terms
from hanse.programs.terms.rules import choose_terms
from hanse.programs.terms.types import DatedTerms, TermsBody
from hanse.traffic.attribution.models import Credit
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.models import Link
from hanse.traffic.products.models import Product

MOST_LISTED = 5
TOLD = frozenset(kind.key for kind in KINDS.values() if kind.shown_to == "partner")
"""Kinds of facts that a partner may read."""


@dataclass(slots=True)
class Known:
    """What is known of the enrolments of one program, by enrolment; parts that nobody asked for are empty."""

    program: Program
    enrolments: Mapping[UUID, Enrolment]
    link_base: str = ""
    links: Mapping[UUID, Sequence[Link]] = field(default_factory=dict)
    coupons: Mapping[UUID, str] = field(default_factory=dict)
    offers: Sequence[Offer] = ()
    terms: Mapping[UUID, TermsBody] = field(default_factory=dict)
    goal_names: Mapping[str, str] = field(default_factory=dict)
    facts: Mapping[UUID, Sequence[FoundFact]] = field(default_factory=dict)
    figures: Mapping[UUID, Figures] = field(default_factory=dict)
    silences: Mapping[UUID, Silence] = field(default_factory=dict)
    standings: Mapping[UUID, TierStanding] = field(default_factory=dict)
    tier_names: Mapping[str, str] = field(default_factory=dict)
    tier_words: PartnerWords | None = None
    products: Mapping[UUID, Sequence[tuple[str, int]]] = field(default_factory=dict)
    steps: Mapping[UUID, Step] = field(default_factory=dict)


def know(program: Program, enrolment_ids: Collection[UUID], groups: Set[str], now: datetime) -> Known:
    """Read what the groups of names need, with a fixed number of queries. Enrolments of other programs are left out."""
    rows = Enrolment.objects.filter(program=program, pk__in=list(enrolment_ids))
    known = Known(program, {row.pk: row for row in rows.select_related("partner__owner", "tier")})
    ids = list(known.enrolments)
    if groups & {"link", "links", "step"}:
        known.links, known.link_base = _links(ids, now), link_base(program.pk)
    if "coupon" in groups:
        known.coupons = _coupons(ids, now)
    if "offers" in groups:
        offers = Offer.objects.filter(program=program, archived_at=None)
        known.offers = list(offers.order_by("-created_at", "-pk")[:MOST_LISTED])
    if "terms" in groups:
        known.terms = _terms(known, now)
        known.goal_names = dict(program.goals.values_list("key", "name"))
    if "facts" in groups:
        known.facts = {who: [one for one in each if one.kind in TOLD] for who, each in facts_of(ids).items()}
    if groups & {"figures", "step"}:
        known.figures = figures_of(program.pk, ids, now)
    if "silence" in groups:
        known.silences = silence_of(ids)
    if "tier" in groups:
        known.standings, known.tier_names = standings_of(ids), tier_names(program)
        known.tier_words = PartnerWords(program.currency, program.time_zone, known.tier_names, rules_of(None))
    if "products" in groups:
        known.products = _products(program.pk, ids, now)
    if "step" in groups:
        known.steps = _steps(known)
    return known


def _links(ids: Collection[UUID], now: datetime) -> dict[UUID, list[Link]]:
    """Return working links, those that were copied last before the others: she knows them."""
    rows = Link.objects.filter(enrolment_id__in=ids, archived_at=None).filter(
        Q(expires_at=None) | Q(expires_at__gt=now)
    )
    found: dict[UUID, list[Link]] = defaultdict(list)
    for row in rows.order_by("-created_at", "-pk"):
        found[row.enrolment_id].append(row)
    for mine in found.values():
        mine.sort(key=lambda link: (link.copied_at is None, -(link.copied_at or link.created_at).timestamp()))
    return found


def _coupons(ids: Collection[UUID], now: datetime) -> dict[UUID, str]:
    rows = Coupon.objects.filter(enrolment_id__in=ids, archived_at=None).filter(
        Q(starts_at=None) | Q(starts_at__lte=now), Q(ends_at=None) | Q(ends_at__gt=now)
    )
    return dict(rows.order_by("created_at", "pk").values_list("enrolment_id", "code"))


def _terms(known: Known, now: datetime) -> dict[UUID, TermsBody]:
    versions: list[DatedTerms] = dated_terms([known.program.pk])[known.program.pk]
    by_scope: dict[tuple[UUID | None, UUID], list[DatedTerms]] = {}
    own = {row.enrolment_id for row in versions if row.enrolment_id}
    found = {}
    for who, enrolment in known.enrolments.items():
        key = (enrolment.tier_id, who if who in own else known.program.pk)
        if key not in by_scope:
            by_scope[key] = [row for row in versions if row.enrolment_id in (None, who)]
        chosen = choose_terms(by_scope[key], who, enrolment.tier_id, known.program.pk, now)
        if chosen is not None:
            found[who] = chosen.body
    return found


def _products(program_id: UUID, ids: Collection[UUID], now: datetime) -> dict[UUID, list[tuple[str, int]]]:
    """Return the three products of which most pieces were sold in 90 days, by name. Two queries."""
    rows = Credit.objects.filter(
        enrolment_id__in=ids, conversion__is_test=False, conversion__occurred_at__gt=now - timedelta(days=90),
        conversion__occurred_at__lte=now,
    ).values_list("enrolment_id", "conversion__lines")  # fmt: skip
    pieces: dict[UUID, Counter[str]] = defaultdict(Counter)
    for who, lines in rows.iterator(chunk_size=2_000):
        for sku, _category, quantity, _amount in lines or ():
            if sku:
                pieces[who][sku] += max(1, quantity)
    best = {who: sorted(counts.items(), key=lambda each: (-each[1], each[0]))[:3] for who, counts in pieces.items()}
    skus = {sku for each in best.values() for sku, _count in each}
    names = dict(Product.objects.filter(program_id=program_id, sku__in=skus).values_list("sku", "name"))
    return {who: [(names.get(sku, sku), count) for sku, count in each] for who, each in best.items()}


def _steps(known: Known) -> dict[UUID, Step]:
    partners = [row.partner_id for row in known.enrolments.values()]
    detailed = set(PayoutDetails.objects.filter(partner__in=partners).values_list("partner_id", flat=True))
    agreed = dict(
        Enrolment.objects.filter(pk__in=list(known.enrolments)).annotate(n=Count("agreements")).values_list("pk", "n")
    )
    found = {}
    for who, row in known.enrolments.items():
        links, figures = known.links.get(who, ()), known.figures.get(who, Figures())
        found[who] = next_step(
            Standing(
                has_new_terms=not agreed.get(who), links=len(links), has_copied=any(link.copied_at for link in links),
                clicks=figures.clicks_90d, sales=figures.sales_total, has_payout_details=row.partner_id in detailed,
            )
        )  # fmt: skip
    return found
