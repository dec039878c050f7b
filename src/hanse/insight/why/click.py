"""What became of a click: recorded, valid, its partner active, used by an order, and how that was decided."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from hanse.insight.why.paying import earned_of
from hanse.insight.why.types import Check, Pointer, Tracer, stop_at
from hanse.programs.enrolments.queries import statuses_at
from hanse.programs.programs.models import Program
from hanse.traffic.attribution.models import Evidence
from hanse.traffic.clicks.models import Click
from hanse.traffic.clicks.tokens import read_click
from hanse.traffic.links.models import Link

GATES = frozenset({"recorded", "link", "valid", "partner_active", "ordered"})
_CORE = re.compile(r"[0-9a-f]{24}")
_FIXES = {
    "link_disabled": "enable_link", "link_expired": "extend_link", "partner_suspended": "activate_partner",
    "unknown_link": "check_link",
}  # fmt: skip
_SHOWN = 10


@dataclass(frozen=True, slots=True)
class _Seen:
    """A click as far as it is known: from its row, else from its signed token."""

    id: str
    link_number: int
    occurred_at: datetime
    row: Click | None


def trace_click(text: str, program: Program, for_enrolment: UUID | None = None) -> Tracer:
    """Trace a click by its token (as in the address) or its id. Partners learn of their own clicks only."""
    seen = _find(text.strip())
    link = Link.objects.filter(number=seen.link_number).select_related("enrolment__partner").first() if seen else None
    foreign = link is not None and (
        link.enrolment.program_id != program.id or for_enrolment not in (None, link.enrolment_id)
    )
    if seen is None or foreign:
        recorded = Check("recorded", "failed", "unknown_click", "check_token")
        return Tracer("click", text, "unknown", stop_at(GATES, [recorded, *_unreached()]))
    evidence = _evidence(seen.id, for_enrolment)
    checks = [_recorded(seen), _link(link), _valid(seen), _active(seen, link), _ordered(evidence), _credited(evidence)]
    won = next((one for one in evidence if one.verdict == "won"), None)
    earned = earned_of(won.conversion, won.enrolment_id) if won else ()
    return Tracer(
        kind="click", text=text, outcome="earned" if earned else "nothing", checks=stop_at(GATES, checks),
        subject=_subject(seen, link), earned=earned,
        related=tuple(Pointer("order", one.conversion.external_id, one.verdict) for one in evidence),
    )  # fmt: skip


def _find(text: str) -> _Seen | None:
    core = read_click(text)
    bare = text.removeprefix("clk_").lower()
    click_id = core.core_hex if core else bare if _CORE.fullmatch(bare) else ""
    row = Click.objects.filter(id=click_id).first() if click_id else None
    if row is not None:
        return _Seen(row.id, row.link_number, row.occurred_at, row)
    return _Seen(core.core_hex, core.link_number, core.at, None) if core else None


def _evidence(click_id: str, for_enrolment: UUID | None) -> list[Evidence]:
    rows = Evidence.objects.filter(click_id=click_id).select_related("conversion", "enrolment__partner")
    rows = rows.filter(enrolment_id=for_enrolment) if for_enrolment else rows
    return list(rows.order_by("conversion__occurred_at")[:_SHOWN])


def _recorded(seen: _Seen) -> Check:
    if seen.row is not None:
        return Check("recorded", "passed", numbers={"occurred_at": seen.occurred_at})
    # A token that was signed by us counts even when its row is late or gone.
    return Check("recorded", "passed", numbers={"occurred_at": seen.occurred_at, "row": "missing"})


def _link(link: Link | None) -> Check:
    if link is None:
        return Check("link", "failed", "unknown_link", "check_link")
    return Check("link", "passed", numbers={"slug": link.slug})


def _valid(seen: _Seen) -> Check:
    reason = seen.row.reason if seen.row else ""
    if reason:
        return Check(
            "valid",
            "failed",
            reason,
            _FIXES.get(reason, "nothing_to_do"),
            {"agent": seen.row.agent if seen.row else ""},
        )
    return Check("valid", "passed")


def _active(seen: _Seen, link: Link | None) -> Check:
    if link is None:
        return Check("partner_active", "not_reached")
    pair = (link.enrolment_id, seen.occurred_at)
    status = statuses_at([pair]).get(pair, "")
    if status == "active":
        return Check("partner_active", "passed")
    return Check("partner_active", "failed", "partner_not_active", "activate_partner", {"status": status})


def _ordered(evidence: list[Evidence]) -> Check:
    if evidence:
        return Check("ordered", "passed", numbers={"orders": len({one.conversion_id for one in evidence})})
    return Check("ordered", "failed", "no_order", "nothing_to_do")


def _credited(evidence: list[Evidence]) -> Check:
    best = min(evidence, key=lambda one: ("won", "agrees", "lost", "excluded").index(one.verdict), default=None)
    if best is None:
        return Check("credited", "not_reached")
    numbers = {"order": best.conversion.external_id, "verdict": best.verdict}
    if best.verdict in ("won", "agrees"):
        return Check("credited", "passed", numbers=numbers)
    return Check("credited", "failed", best.reason, "see_order", numbers)


def _unreached() -> list[Check]:
    return [Check(code, "not_reached") for code in ("link", "valid", "partner_active", "ordered", "credited")]


def _subject(seen: _Seen, link: Link | None) -> dict[str, object]:
    row = seen.row
    return {
        "click_id": seen.id, "occurred_at": seen.occurred_at, "slug": link.slug if link else "",
        "partner": link.enrolment.partner.name if link else "", "device": row.device if row else "",
        "agent": row.agent if row else "", "country": row.country if row else "",
        "referrer": row.referrer_host if row else "",
    }  # fmt: skip
