"""Rules of co-marketing: how costs and leads are divided, whose turn it is, when a result may be written."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from hanse.growth.comarketing.types import Asked, Cost, Proof, Settlement, Stage
from hanse.kernel.money import PPM, largest_remainder, round_half_away

BOTH_SHOW = frozenset(("newsletter_swap",))
"""Kinds in which each side does a part of its own, so that each has to show it."""


def divide(whole: int, our_ppm: int) -> tuple[int, int]:
    """Divide money or leads into our part and the partner's; they add up exactly, and the odd one of a tie is ours."""
    ours, theirs = largest_remainder(whole, [our_ppm, PPM - our_ppm])
    return ours, theirs


def counted_minor(cost: Cost) -> int:
    """Return what of a cost is divided: what it came to, never above what was agreed. What is more stays with whoever
    paid it; what nobody has named yet counts as nothing so far."""
    return min(cost.actual_minor or 0, cost.planned_minor)


def settle(costs: Iterable[Cost], our_ppm: int) -> Settlement:
    """Say what costs came to, whose share is how much, and what has to move between the two."""
    by_us = by_partner = more = 0
    for cost in costs:
        counted = counted_minor(cost)
        more += (cost.actual_minor or 0) - counted
        if cost.paid_by == "us":
            by_us += counted
        else:
            by_partner += counted
    ours, theirs = divide(by_us + by_partner, our_ppm)
    return Settlement(by_us + by_partner, ours, theirs, by_us, by_partner, more)


def planned(costs: Iterable[Cost], our_ppm: int) -> Settlement:
    """Say the same of what was agreed, as if every cost came to just that."""
    by_us = by_partner = 0
    for cost in costs:
        if cost.paid_by == "us":
            by_us += cost.planned_minor
        else:
            by_partner += cost.planned_minor
    ours, theirs = divide(by_us + by_partner, our_ppm)
    return Settlement(by_us + by_partner, ours, theirs, by_us, by_partner, 0)


def cost_each(cost_minor: int, leads: int) -> int | None:
    """Return what one lead cost, in minor units; None without leads."""
    return round_half_away(cost_minor, leads) if leads > 0 else None


def missing_proof(kind: str, proofs: Iterable[Proof]) -> list[str]:
    """Return the sides whose accepted proof is missing: of a swap both show, of everything else either."""
    shown = {proof.side for proof in proofs if proof.state == "accepted"}
    if kind in BOTH_SHOW:
        return [side for side in ("partner", "us") if side not in shown]
    return [] if shown else ["partner"]


def stage_of(project: Asked, proofs: Sequence[Proof], today: date) -> Stage:
    """Say where a project is, and whose turn it is."""
    if project.state == "asked":
        return "our_turn" if project.last_by == "partner" else "their_turn"
    if project.state != "agreed":
        return "done" if project.state == "done" else "declined" if project.state == "declined" else "cancelled"
    if any(proof.state == "waiting" for proof in proofs):
        return "to_look_at"
    if not missing_proof(project.kind, proofs):
        return "result"
    return "agreed" if today <= project.happens_on else "proof"
