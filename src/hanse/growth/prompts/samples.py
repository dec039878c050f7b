"""Samples of prompts with the partner's own link and code inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import Q

from hanse.growth.kits.queries import day_words
from hanse.growth.kits.rules import ad_word, filled, tagged
from hanse.growth.kits.types import Slots
from hanse.growth.prompts.models import Prompt
from hanse.kernel.errors import Refused
from hanse.programs.domains.queries import link_base
from hanse.programs.enrolments.models import Enrolment
from hanse.traffic.coupons.queries import coupons_of
from hanse.traffic.links.actions import create_link
from hanse.traffic.links.models import Link
from hanse.traffic.links.queries import links_of
from hanse.traffic.links.rules import slug_from

INITIATIVE_MAX: Final = 40


@dataclass(frozen=True, slots=True)
class Sample:
    """A prompt's sample as one partner may use it; `link` is "" where they have none to its page yet."""

    text: str
    link: str


def samples_for(prompts: Sequence[Prompt], enrolment: Enrolment, now: datetime) -> dict[UUID, Sample]:
    """Return every prompt's sample and link for a partner; writes nothing. Three queries."""
    if not prompts:
        return {}
    live = links_of(enrolment.pk).filter(Q(expires_at=None) | Q(expires_at__gt=now))
    links = list(live)
    codes = coupons_of(enrolment.pk).filter(Q(starts_at=None) | Q(starts_at__lte=now))
    coupon = codes.filter(Q(ends_at=None) | Q(ends_at__gt=now)).first()
    base, code = link_base(enrolment.program_id), coupon.code if coupon else ""
    return {prompt.pk: _sample(prompt, enrolment, links, base, code) for prompt in prompts}


def make_link(prompt: Prompt, enrolment: Enrolment, *, now: datetime, by: str) -> Link:
    """Make the link that a prompt's sample needs, where the partner has none; else return theirs. Refuses prompts that
    lead nowhere."""
    if prompt.offer is None:
        raise Refused("no_offer", "This prompt leads nowhere.")
    Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)  # two taps at once make one link
    known = links_of(enrolment.pk).filter(offer=prompt.offer, destination_url=prompt.offer.destination_url)
    found = known.filter(Q(expires_at=None) | Q(expires_at__gt=now)).first()
    return found or create_link(enrolment, prompt.offer, label=prompt.title, now=now, by=by)


def initiative_of(prompt: Prompt) -> str:
    """Return by what name clicks of a prompt's link are told apart: its title as a slug."""
    return slug_from(prompt.title)[:INITIATIVE_MAX]


def _sample(prompt: Prompt, enrolment: Enrolment, links: Sequence[Link], base: str, code: str) -> Sample:
    partner, language = enrolment.partner, prompt.language or str(settings.LANGUAGE_CODE)
    link = _link(prompt, links, base)
    slots = Slots(
        address="", code=code, name=partner.contact_name or partner.name, shop=enrolment.program.name,
        until=day_words(prompt.deadline_on or prompt.ends_on or prompt.on, language), ad=ad_word(language),
    )  # fmt: skip
    return Sample(filled(prompt.sample, slots, link or "{link}"), link)


def _link(prompt: Prompt, links: Sequence[Link], base: str) -> str:
    """A kit's link carries the kit, so that it counts there; another one the prompt's name."""
    if prompt.kit is not None:
        to, offer_id = prompt.kit.leads_to, prompt.kit.offer_id
    elif prompt.offer is not None:
        to, offer_id = prompt.offer.destination_url, prompt.offer.pk
    else:
        return ""
    own = next((link for link in links if link.offer_id == offer_id and link.destination_url == to), None)
    if own is None:
        return ""
    address = f"{base}/{own.slug}"
    return tagged(address, prompt.kit.key, "other") if prompt.kit else f"{address}?initiative={initiative_of(prompt)}"
