"""Evidence in words: what could have earned credit for a conversion, what became of it and why."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hanse.faces.common import format as fmt
from hanse.faces.common.reader import reader
from hanse.traffic.attribution.models import Attribution, Evidence


@dataclass(frozen=True, slots=True)
class EvidenceLine:
    """One piece of evidence as `components/evidence.html` writes it."""

    verdict: str
    word: str
    name: str
    note: str
    detail: str


def evidence_lines(
    pieces: Iterable[Evidence], decided: Attribution | None, occurred_at: datetime, *,
    own: Collection[UUID] | None = None, labels: Mapping[int, str] | None = None,
) -> list[EvidenceLine]:  # fmt: skip
    """Return evidence in words, winners first. With `own` (a partner's enrolments) others are not named.

    `labels` says what links are called, by number.
    """
    own_windows: Mapping[str, int | None] = decided.policy.windows if decided else {}
    usual = decided.policy.window_days if decided else 30
    rank = {"won": 0, "agrees": 1, "lost": 2, "excluded": 3}
    ordered = sorted(pieces, key=lambda piece: (rank.get(piece.verdict, 4), piece.position))
    shown = labels if labels is not None else {}
    return [_line(piece, own_windows.get(piece.kind) or usual, occurred_at, own, shown) for piece in ordered]


def _line(
    piece: Evidence, window: int, occurred_at: datetime, own: Collection[UUID] | None, labels: Mapping[int, str]
) -> EvidenceLine:
    now = reader()
    partner = piece.enrolment.partner.name if piece.enrolment else ""
    if own is not None and piece.enrolment_id not in own:
        partner = _("Another partner") if piece.enrolment_id else ""
    hidden = own is not None and piece.enrolment_id is not None and piece.enrolment_id not in own
    name, note = kind_words(piece.kind, "" if hidden else _code(piece), partner)
    link = "" if hidden or piece.link_number is None else labels.get(piece.link_number, "")
    day = fmt.long_day(piece.touched_at.astimezone(now.zone).date(), now.language) if piece.touched_at else ""
    said = [note, _("through “%(link)s”") % {"link": link} if link else "", day]
    note = ", ".join(part for part in said if part)
    return EvidenceLine(
        piece.verdict, verdict_word(piece.verdict), name, note,
        reason_words(piece.reason, piece.detail, window, _age(piece.touched_at, occurred_at)),
    )  # fmt: skip


def _code(piece: Evidence) -> str:
    return piece.coupon.code if piece.coupon else str(piece.detail.get("code", ""))


def kind_words(kind: str, code: str, partner: str) -> tuple[str, str]:
    """Return the name of a piece of evidence and whose it is."""
    names = {
        "click": _("Click"), "coupon": _("Code %(code)s") % {"code": code} if code else _("A code"),
        "owner": _("The customer’s first partner"), "lifetime": _("The customer’s first partner"),
        "deal": _("Protected deal"), "open_deal": _("Registered deal"), "email": _("E-mail address"),
        "survey": _("Named with the order"), "manual": _("Decided by a person"),
    }  # fmt: skip
    return names.get(kind, kind.replace("_", " ").capitalize()), partner


def verdict_word(verdict: str) -> str:
    """Return what became of a piece of evidence in one word."""
    words = {"won": _("won"), "agrees": _("agrees"), "lost": _("lost"), "excluded": _("excluded")}
    return words.get(verdict, verdict)


def reason_words(reason: str, detail: Mapping[str, object], window_days: int, age: str) -> str:
    """Return why a piece of evidence won, lost or was excluded. `age` is how long before the order it was."""
    within = (
        _("%(age)s before the order, within the %(days)d-day window") % {"age": age, "days": window_days} if age else ""
    )
    beyond = _("%(age)s before the order, outside the %(days)d-day window") % {"age": age, "days": window_days}
    words = {
        "last_touch": within,
        "first_touch": within,
        "shared": within,
        "coupon": _("its code was used at checkout"),
        "owner": _("renewals go to whom the customer’s first order was credited"),
        "lifetime": _("the customer belongs to this partner"),
        "deal": _("the partner had registered this customer, and the deal was protected"),
        "open_deal": _("the partner had registered this customer"),
        "introducer": _("touched first: this program gives the introducer a part"),
        "by_hand": _("a colleague decided it, with a reason"),
        "decided_by_person": _("valid, but a colleague decided otherwise"),
        "deal_declined": _("the deal was declined"),
        "resold": _("a partner resold this order and keeps its margin"),
        "deal_expired": _("the deal’s protection was over"),
        "existing_customer": _("the customer was no new one: this program pays for new customers only"),
        "stand_down": _("a browser extension that came after another partner’s click stands down"),
        "contradicted": _("another source of the order named another code, and its word stands"),
        "survey": _("the order named this partner"),
        "same_partner": _("points to the same partner; stronger evidence decided"),
        "later_touch_won": _("valid, but earlier: this program pays the last click"),
        "earlier_touch_won": _("valid, but later: this program pays the first click"),
        "stronger_evidence": _("valid, but evidence of a higher level decided"),
        "not_chosen": _("valid, but the model gave it no share"),
        "outside_window": beyond if age else _("outside the window"),
        "after_conversion": _("came after the order"),
        "partner_not_active": _("the partner was not active then"),
        "self_referral": _("the buyer is the partner: self-referral"),
        "bad_signature": _("the click’s signature is not ours"),
        "unknown_link": _("the link is not known"),
        "unknown_coupon": _("no partner owns this code"),
        "unknown_partner": _("no such partner in this program"),
        "coupon_archived": _("the code had been taken out of use"),
        "coupon_not_valid": _("the code was not valid on that day"),
        "other_program": _("belongs to another program"),
    }
    return words.get(reason) or _click_reason(reason)


def _click_reason(reason: str) -> str:
    invalid = {
        "bot_declared", "bot_suspected", "datacentre", "prefetch", "head", "duplicate", "flood", "link_disabled",
        "link_expired", "partner_suspended", "geo_blocked",
    }  # fmt: skip
    words = reason.replace("_", " ")
    return _("not a valid click: %(reason)s") % {"reason": words} if reason in invalid else words


def _age(touched_at: datetime | None, occurred_at: datetime) -> str:
    if touched_at is None or touched_at > occurred_at:
        return ""
    age: timedelta = occurred_at - touched_at
    if age.days:
        return ngettext("%(n)d day", "%(n)d days", age.days) % {"n": age.days}
    hours, minutes = age.seconds // 3600, age.seconds // 60
    if hours:
        return ngettext("%(n)d hour", "%(n)d hours", hours) % {"n": hours}
    if minutes:
        return ngettext("%(n)d minute", "%(n)d minutes", minutes) % {"n": minutes}
    return ngettext("%(n)d second", "%(n)d seconds", age.seconds) % {"n": age.seconds}
