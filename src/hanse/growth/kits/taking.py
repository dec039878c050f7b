"""Verbs of a partner with a kit: take it, copy from it, tick its steps off, say that it is out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F, Q, prefetch_related_objects
from django.utils.translation import gettext as _

from hanse.growth.kits import rules
from hanse.growth.kits.embargoes import SAID, hidden_from, words_of
from hanse.growth.kits.models import Kit, KitTap, KitUse
from hanse.growth.kits.types import CHANNELS, TapKind
from hanse.kernel.clock import day_starts_at, local_day
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.rules import free_variant
from hanse.spine.audit.actions import record_creation
from hanse.spine.checks import Checks
from hanse.traffic.coupons.actions import CODE_MAX, create_coupon
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.coupons.queries import coupons_of
from hanse.traffic.links.actions import create_link
from hanse.traffic.links.models import Link
from hanse.traffic.links.queries import links_of
from hanse.traffic.links.rules import slug_from

_NAME_MAX = 20


def take_kit(kit: Kit, enrolment: Enrolment, *, now: datetime, by: str) -> KitUse:
    """Let a partner use a kit: their own link to its page and their code stand in it, made where they have none.

    Safe to repeat: the second time it is looked after that link and code still work. Refuses kits that are not open or
    not for them, and partners who are not active.
    """
    refuse_closed(kit, enrolment, now)
    Enrolment.objects.select_for_update(of=("self",)).get(pk=enrolment.pk)  # two taps at once make one link
    known = KitUse.objects.select_related("coupon").filter(kit=kit, enrolment=enrolment).first()
    link, coupon = own_link(kit, enrolment, now), code_in(kit, enrolment, known, now)
    made = {"has_made_link": link is None, "has_made_code": coupon is None and kit.code_rule == Kit.CodeRule.MAKE}
    if link is None:
        link = create_link(
            enrolment, kit.offer, destination_url=kit.destination_url or None, label=kit.name, now=now, by=by
        )
    if made["has_made_code"]:
        coupon = _make_code(kit, enrolment, now, by)
    if known is not None:
        KitUse.objects.filter(pk=known.pk).update(
            link=link, coupon=coupon, **{name: True for name, is_new in made.items() if is_new}
        )
        known.refresh_from_db()
        return known
    row = KitUse.objects.create(
        id=new_id(now), kit=kit, enrolment=enrolment, link=link, coupon=coupon, taken_at=now, **made
    )
    record_creation(row, actor=by, verb="take_kit", fields=("kit_id", "enrolment_id", "link_id"), now=now)
    return row


def own_link(kit: Kit, enrolment: Enrolment, now: datetime) -> Link | None:
    """Return the partner's newest working link of the kit's offer that leads where the kit leads; None without."""
    rows = links_of(enrolment.pk).filter(offer_id=kit.offer_id, destination_url=kit.leads_to)
    return rows.filter(Q(expires_at=None) | Q(expires_at__gt=now)).first()


def own_code(kit: Kit, enrolment: Enrolment, now: datetime) -> Coupon | None:
    """Return the partner's newest code that can be used now; None without, and where the kit has no code."""
    if kit.code_rule == Kit.CodeRule.NONE:
        return None
    rows = coupons_of(enrolment.pk).filter(Q(starts_at=None) | Q(starts_at__lte=now))
    return rows.filter(Q(ends_at=None) | Q(ends_at__gt=now)).first()


def code_in(kit: Kit, enrolment: Enrolment, use: KitUse | None, now: datetime) -> Coupon | None:
    """Return the code that stands in a partner's kit: the one they took it with while that works, else their newest.

    What the kit sold is counted by that code, so a newer one of theirs must not take its place.
    """
    held = use.coupon if use is not None and kit.code_rule != Kit.CodeRule.NONE else None
    return held if held is not None and _works(held, now) else own_code(kit, enrolment, now)


def _works(code: Coupon, now: datetime) -> bool:
    is_begun = code.starts_at is None or code.starts_at <= now
    return code.archived_at is None and is_begun and (code.ends_at is None or code.ends_at > now)


def note_tap(use: KitUse, kind: TapKind, *, about: str = "", channel: str = "", now: datetime) -> KitTap:
    """Keep that something of a kit was copied or downloaded. `about` is the place of a text or a file's id; what the
    kit does not have counts as something of it."""
    row, is_new = KitTap.objects.get_or_create(
        use=use, kind=kind, about=_known(use.kit, kind, about),
        defaults={"channel": channel if channel in CHANNELS else "", "first_at": now, "last_at": now},
    )  # fmt: skip
    if not is_new:
        KitTap.objects.filter(pk=row.pk).update(times=F("times") + 1, last_at=now)
    if use.link.copied_at is None and kind in ("text", "link", "zip"):
        Link.objects.filter(pk=use.link_id, copied_at=None).update(copied_at=now)
    return row


def _known(kit: Kit, kind: TapKind, about: str) -> str:
    if kind == "text" and about in {str(place) for place in kit.copies.values_list("place", flat=True)}:
        return about
    if kind == "picture" and about in {str(pk) for pk in kit.pictures.values_list("file_id", flat=True)}:
        return about
    return ""


def note_step(use: KitUse, place: int, *, is_done: bool, now: datetime) -> KitUse:
    """Tick a step off, or on again; with the last one the kit is finished. Refuses steps that are not there."""
    row = KitUse.objects.select_for_update(of=("self",)).select_related("kit").get(pk=use.pk)
    if not 0 <= place < len(row.kit.steps):
        raise Refused("no_step", _("This kit has no such step."))
    done = set(row.steps_done) | {place} if is_done else set(row.steps_done) - {place}
    row.steps_done = sorted(done)
    if row.finished_at is None and len(done) == len(row.kit.steps):
        row.finished_at = now
    row.save(update_fields=["steps_done", "finished_at"])
    return row


def note_out(use: KitUse, address: str, *, now: datetime) -> KitUse:
    """Keep that the partner published with a kit, and where. Raises Invalid."""
    checks = Checks()
    address = checks.web_address("address", address, 1000, required=True)
    checks.done()
    row = KitUse.objects.select_for_update(of=("self",)).select_related("kit", "enrolment").get(pk=use.pk)
    row.address, row.published_at = address, now
    row.finished_at = row.finished_at or now
    row.save(update_fields=["address", "published_at", "finished_at"])
    return row


def refuse_closed(kit: Kit, enrolment: Enrolment, now: datetime) -> None:
    """Raise Refused where a partner cannot use a kit now."""
    program = enrolment.program
    tier = enrolment.tier.key if enrolment.tier else ""
    partner = enrolment.partner
    if kit.program_id != program.pk or not rules.is_for(kit, tier=tier, types=partner.types, language=partner.language):
        raise Refused("not_for_them", _("This kit is for other partners."))
    if rules.stage_of(kit, local_day(now, program.time_zone)) != "open":
        raise Refused("not_open", _("This kit cannot be used now."))
    if enrolment.status != Enrolment.Status.ACTIVE:
        raise Refused("not_active", _("Kits are for active partners."))
    prefetch_related_objects([kit], *SAID)
    if hidden_from(program.pk, {kit.pk: words_of(kit)}, [enrolment.pk], now):
        raise Refused("under_embargo", _("This kit is under an embargo that was not accepted."))


def _make_code(kit: Kit, enrolment: Enrolment, now: datetime, by: str) -> Coupon:
    """A code of the partner's name and the kit's ending, valid until the kit's last day is over."""
    name = slug_from(enrolment.partner.name).replace("-", "").upper()[:_NAME_MAX]
    code = f"{name}{kit.code_ending or kit.key.replace('-', '').upper()[:12]}"
    alike = set(Coupon.objects.filter(program_id=kit.program_id, code__startswith=code).values_list("code", flat=True))
    if code in alike:
        code = free_variant(code, alike, CODE_MAX)
    return create_coupon(enrolment, code=code, description=kit.name, ends_at=_ends_at(kit), now=now, by=by)


def _ends_at(kit: Kit) -> datetime | None:
    return day_starts_at(kit.ends_on + timedelta(days=1), kit.program.time_zone) if kit.ends_on else None
