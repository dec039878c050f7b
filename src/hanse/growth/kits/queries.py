"""Reads of kits: what a program has, what a partner may use, and a kit with the partner's own link and code inside."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Count, Prefetch, QuerySet
from django.utils import formats, translation

from hanse.growth.kits import rules
from hanse.growth.kits.embargoes import SAID, hidden_from, words_of
from hanse.growth.kits.models import Kit, KitCopy, KitUse
from hanse.growth.kits.rules import Stage
from hanse.growth.kits.taking import code_in, own_link
from hanse.growth.kits.types import FilledCopy, Slots
from hanse.kernel.clock import local_day
from hanse.programs.domains.queries import link_base
from hanse.programs.enrolments.models import Enrolment

OPEN_STATUSES = (Enrolment.Status.ACTIVE, Enrolment.Status.PAUSED)


@dataclass(frozen=True, slots=True)
class Mine:
    """One kit as a partner has it: where it stands, their use of it if they took it."""

    kit: Kit
    stage: Stage
    use: KitUse | None
    days_left: int | None


@dataclass(frozen=True, slots=True)
class FilledKit:
    """A kit with the partner's own inside. `address` is their link ("" where one is made when they take it)."""

    copies: tuple[FilledCopy, ...]
    address: str
    code: str
    makes_code: bool
    slots: Slots


def kits_of(program_id: UUID) -> QuerySet[Kit]:
    """Return a program's kits with how many took each (`taken`), the newest first."""
    rows = Kit.objects.filter(program_id=program_id).select_related("program", "offer")
    return rows.annotate(taken=Count("uses")).order_by("-created_at", "-id")


def kits_for(enrolment: Enrolment, now: datetime) -> list[Mine]:
    """Return the kits that a partner may use now, those that end first in front; then what is over and was used.

    Who is not with us (yet, or any more) sees only what they used. What mentions an embargo that they have not accepted
    is left out. Seven queries at most, however many kits there are.
    """
    today, may_use = local_day(now, enrolment.program.time_zone), enrolment.status in OPEN_STATUSES
    rows = Kit.objects.filter(program_id=enrolment.program_id, published_at__lte=now).select_related("program", "offer")
    mine = KitUse.objects.filter(enrolment=enrolment).select_related("link", "coupon").prefetch_related("taps")
    found = []
    for kit in rows.prefetch_related(Prefetch("uses", queryset=mine, to_attr="mine"), *SAID):
        uses: Sequence[KitUse] = kit.mine
        use, stage = next(iter(uses), None), rules.stage_of(kit, today)
        if stage == "open" and may_use and _is_for(kit, enrolment):
            found.append(Mine(kit, stage, use, (kit.ends_on - today).days if kit.ends_on else None))
        elif stage in ("open", "over") and use is not None:
            found.append(Mine(kit, stage, use, None))
    hidden = hidden_from(
        enrolment.program_id, {one.kit.pk: words_of(one.kit) for one in found}, [enrolment.pk], now
    )  # fmt: skip
    return sorted((one for one in found if (one.kit.pk, enrolment.pk) not in hidden), key=_place)


def kit_for(enrolment: Enrolment, kit_id: UUID, now: datetime) -> Mine | None:
    """Return one of the kits that a partner may use, or used; None for every other."""
    return next((one for one in kits_for(enrolment, now) if one.kit.pk == kit_id), None)


def new_kits(enrolment: Enrolment, since: datetime, now: datetime) -> list[Kit]:
    """Return the kits that were opened for a partner since a moment and that they have not taken, the latest first.

    Those that mention an embargo which they have not accepted are left out. Five queries at most.
    """
    today = local_day(now, enrolment.program.time_zone)
    rows = Kit.objects.filter(program_id=enrolment.program_id, published_at__gt=since, published_at__lte=now)
    fresh = rows.exclude(uses__enrolment=enrolment).prefetch_related(*SAID).order_by("-published_at", "-id")
    found = [kit for kit in fresh if rules.stage_of(kit, today) == "open" and _is_for(kit, enrolment)]
    hidden = hidden_from(enrolment.program_id, {kit.pk: words_of(kit) for kit in found}, [enrolment.pk], now)
    return [kit for kit in found if (kit.pk, enrolment.pk) not in hidden]


def filled_kit(kit: Kit, enrolment: Enrolment, use: KitUse | None, now: datetime) -> FilledKit:
    """Return a kit's words with the partner's link and code inside, as they are or as they will be. Writes nothing."""
    link = use.link if use is not None and use.link.archived_at is None else own_link(kit, enrolment, now)
    code = code_in(kit, enrolment, use, now)
    address = f"{link_base(kit.program_id)}/{link.slug}" if link is not None else ""
    slots = slots_of(kit, enrolment, address, code.code if code else "")
    copies = tuple(fill(copy, kit, slots) for copy in sorted(kit.copies.all(), key=lambda one: one.place))
    makes_code = code is None and kit.code_rule == Kit.CodeRule.MAKE
    return FilledKit(copies, address, slots.code, makes_code, slots)


def slots_of(kit: Kit, enrolment: Enrolment, address: str, code: str) -> Slots:
    """Return what is put into a kit's words for one partner; a day and the word for “paid” in the words' language."""
    partner, program = enrolment.partner, enrolment.program
    language = kit.language or str(settings.LANGUAGE_CODE)
    return Slots(
        address=address, code=code, name=partner.contact_name or partner.name, shop=program.name,
        until=day_words(kit.ends_on, language) if kit.ends_on else "", ad=rules.ad_word(language),
    )  # fmt: skip


def fill(copy: KitCopy, kit: Kit, slots: Slots) -> FilledCopy:
    """Return one text of a kit with its slots filled."""
    return rules.fill_copy(copy.place, copy.channel, copy.title, copy.text, kit.key, slots)


def meant_by(program_id: UUID, meant: rules.Meant) -> tuple[int, int]:
    """Return how many active partners something is for now, and of how many. One query."""
    rows = Enrolment.objects.filter(
        program_id=program_id, status=Enrolment.Status.ACTIVE, is_test=False, partner__archived_at=None
    )
    people = list(rows.values_list("tier__key", "partner__types", "partner__language"))
    fits = (rules.is_for(meant, tier=tier or "", types=types, language=own) for tier, types, own in people)
    return sum(fits), len(people)


def text_of(text: str, filled: FilledKit) -> str:
    """Return a kit's prompt or the text of a step with its slots filled."""
    return rules.filled(text, filled.slots, filled.address or "{link}")


def day_words(day: date, language: str) -> str:
    """Return a day in words of a language: 3 December."""
    with translation.override(language):
        return formats.date_format(day, "MONTH_DAY_FORMAT")


def _is_for(kit: Kit, enrolment: Enrolment) -> bool:
    partner, tier = enrolment.partner, enrolment.tier
    return rules.is_for(kit, tier=tier.key if tier else "", types=partner.types, language=partner.language)


def _place(one: Mine) -> tuple[bool, bool, date, str]:
    far = date.max
    return (
        one.stage != "open",
        one.use is not None and one.use.published_at is not None,
        one.kit.ends_on or far,
        (one.kit.name),
    )
