"""One partner's values for a letter, by the names of the documented context, in her language."""

from __future__ import annotations

import re
from collections.abc import Mapping, Set
from contextlib import suppress
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.nextstep.rules import Step
from hanse.growth.templates.knowing import MOST_LISTED, Known
from hanse.growth.tiers.needed import Needed
from hanse.insight.facts.kinds import KINDS
from hanse.insight.facts.types import FoundFact
from hanse.insight.facts.words import sentence_of
from hanse.insight.figures.types import Figures
from hanse.kernel.clock import local_day
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.terms.sentences import sentences
from hanse.spine.outbox.actions import portal_address

Values = dict[str, object]
_UNFIT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ue000-\uf8ff]+")
_PAGES = {"links": "/p/links", "earnings": "/p/earnings", "numbers": "/p/numbers", "terms": "/p/terms",
          "payouts": "/p/payouts", "grow": "/p/grow", "pieces": "/p/grow/content"}  # fmt: skip
_PAGE_OF = {kind.key: kind.page for kind in KINDS.values()}


class Listed(list[object]):
    """A list that is as good as nothing to an `if` where it is empty; to Liquid alone it would be something."""

    def __liquid__(self) -> list[object] | None:
        return list(self) or None


def settled(value: object) -> object:
    """Return a value of the context with every empty text as nothing and every list as one that knows it is empty."""
    if isinstance(value, Mapping):
        return {name: settled(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return Listed(settled(each) for each in value)
    return None if value == "" else value


def clean(value: object) -> str:
    """Return a value as one line of text, without characters that would break a header, turn text or play a mark."""
    return _UNFIT.sub(" ", str(value or "")).strip()[:500]


def values_of(known: Known, who: UUID, now: datetime) -> Values:
    """Return the values of one enrolment; call it with her language active."""
    enrolment, program = known.enrolments[who], known.program
    partner = enrolment.partner
    zone = program.time_zone
    since = local_day(enrolment.enrolled_at, zone)
    owner = partner.owner
    return {
        "partner": {
            "name": clean(partner.name), "first_name": clean(partner.contact_name.split(" ")[0] or partner.name),
            "company": clean(partner.company), "country": partner.country,
        },
        "program": {"name": clean(program.name), "website": program.website, "hold_days": program.hold_days},
        "owner": {
            "name": clean(owner.name or owner.email) if owner else clean(program.name),
            "email": owner.email if owner else "",
        },
        "enrolment": {"since": since.isoformat(), "days": max(0, (local_day(now, zone) - since).days)},
        "tier": _tier(known, enrolment),
        **_links(known, who),
        "coupon": {"code": known.coupons.get(who)},
        "terms": {"lines": _terms(known, who)},
        "products": [{"name": clean(name), "pieces": count} for name, count in known.products.get(who, ())],
        "step": _step(known.steps.get(who), program.slug),
        "figures": _figures(known.figures.get(who, Figures())),
        "silence": _silence(known, who, now),
        "portal": {
            name: portal_address(f"/p/{path}".rstrip("/"), program.slug)
            for name, path in (("home", ""), ("links", "links"), ("earnings", "earnings"), ("payouts", "payouts"),
                               ("terms", "terms"), ("profile", "profile"))
        },
    }  # fmt: skip


def facts_in(known: Known, who: UUID, kinds: Set[str] | None) -> list[Mapping[str, object]]:
    """Return the facts of some kinds (None: of all) that may be told, best first, in the active language."""
    found = []
    for fact in known.facts.get(who, ()):
        if kinds is not None and fact.kind not in kinds:
            continue
        with suppress(KeyError):  # found by an older version, which wrote other numbers: it is found anew today
            found.append(_fact(fact, known.program))
    return found


def _fact(fact: FoundFact, program: Program) -> Mapping[str, object]:
    page = portal_address(_PAGES[_PAGE_OF[fact.kind]], program.slug)
    return {
        "kind": fact.kind, "sentence": clean(sentence_of(fact, program.currency)), "n": fact.n, "page": page,
        "from": fact.period_from.isoformat(), "to": fact.period_to.isoformat(),
    }  # fmt: skip


def listed(facts: list[Mapping[str, object]]) -> list[Mapping[str, object]]:
    """Return what the list `facts` shows."""
    return facts[:MOST_LISTED]


def _tier(known: Known, enrolment: Enrolment) -> Values:
    standing = known.standings.get(enrolment.pk)
    needed = Needed.from_json(standing.needed) if standing else None
    tier = enrolment.tier
    return {
        "key": tier.key if tier else None, "name": clean(tier.name) if tier else None,
        "next": clean(known.tier_names.get(needed.tier, needed.tier)) if needed else None,
        "needed": known.tier_words.needed(needed) if needed and known.tier_words else None,
    }  # fmt: skip


def _links(known: Known, who: UUID) -> Values:
    links = [
        {"name": clean(link.label or link.slug), "address": f"{known.link_base}/{link.slug}"}
        for link in known.links.get(who, ())[:MOST_LISTED]
    ]
    offers = [{"name": clean(offer.name), "address": offer.destination_url} for offer in known.offers]
    return {"link": links[0] if links else {"name": None, "address": None}, "links": links, "offers": offers}


def _terms(known: Known, who: UUID) -> list[Values]:
    body = known.terms.get(who)
    if body is None:
        return []
    return [{"text": clean(line)} for line in sentences(body, known.program.currency, known.goal_names)]


def _figures(found: Figures) -> Values:
    return {
        "clicks_7d": found.clicks_7d, "clicks_30d": found.clicks_30d, "clicks_90d": found.clicks_90d,
        "sales_30d": found.conversions_30d, "sales_90d": found.conversions_90d, "sales_total": found.sales_total,
        "value_30d": found.value_30d_minor, "value_90d": found.value_90d_minor, "value_total": found.value_total_minor,
        "new_customers_90d": found.new_customers_90d, "days_since_click": found.days_since_click,
        "days_since_sale": found.days_since_sale,
    }  # fmt: skip


def _silence(known: Known, who: UUID, now: datetime) -> Values:
    found = known.silences.get(who)
    if found is None:
        return {"days": None, "cause": None}
    return {"days": (local_day(now, known.program.time_zone) - found.since).days, "cause": found.cause}


def _step(step: Step | None, slug: str) -> Values:
    step = step or Step.COPY_LINK
    titles = {
        Step.ACCEPT_TERMS: (_("Read and accept your terms"), "/p/terms"),
        Step.MAKE_LINK: (_("Make your first link"), "/p/links"),
        Step.COPY_LINK: (_("Copy your link"), "/p/links"),
        Step.FIRST_CLICK: (_("Put your link where you already talk to people"), "/p/links"),
        Step.FIRST_SALE: (_("Show what you would buy yourself, with your link beside it"), "/p/links"),
        Step.PAYOUT_DETAILS: (_("Enter the account that your money goes to"), "/p/payouts/details"),
        Step.SHARE_AGAIN: (_("Share it again where it worked"), "/p/links"),
    }
    title, path = titles[step]
    return {"title": title, "page": portal_address(path, slug)}
