"""Recording clicks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from hanse.spine.bulk import insert_many
from hanse.traffic.clicks.models import Click
from hanse.traffic.clicks.rules import agent_name, device_of, host_of
from hanse.traffic.clicks.types import NOBODY, ClickArrival, RecordedClick
from hanse.traffic.links.owners import owners_of_links

UNKNOWN_LINK = "unknown_link"


def record_clicks(arrivals: Sequence[ClickArrival]) -> list[RecordedClick]:
    """Store clicks by their ids; a click that is there already stays as it was.

    Returns the clicks that these very journal records brought: applied a second time it returns the same list. A click
    on a link number that nobody owns keeps a row with the reason `unknown_link`.
    """
    if not arrivals:
        return []
    owners = owners_of_links({arrival.fact.link_number for arrival in arrivals})
    rows: dict[str, dict[str, Any]] = {}
    for arrival in arrivals:
        fact, owner = arrival.fact, owners.get(arrival.fact.link_number)
        rows.setdefault(fact.core_hex, {
            "id": fact.core_hex, "link_number": fact.link_number, "program_id": owner.program_id if owner else NOBODY,
            "enrolment_id": owner.enrolment_id if owner else NOBODY, "occurred_at": fact.occurred_at,
            "visitor": fact.visitor[:32], "ip_hash": fact.ip_hash[:32], "country": fact.country[:2],
            "network": fact.network[:20], "device": fact.device or device_of(fact.agent),
            "variant": fact.variant[:40], "agent": agent_name(fact.agent),
            "referrer_host": host_of(fact.referrer), "subs": dict(fact.subs),
            "reason": fact.reason[:20] if owner else UNKNOWN_LINK, "sequence": arrival.sequence,
        })  # fmt: skip
    stored = _stored(rows)
    insert_many(Click, [row for id_, row in rows.items() if id_ not in stored], ignore_known=True)
    own = {id_ for id_, row in rows.items() if stored.get(id_, row["sequence"]) == row["sequence"]}
    return [
        RecordedClick(
            id=row["id"], link_number=row["link_number"], program_id=row["program_id"],
            enrolment_id=row["enrolment_id"], occurred_at=row["occurred_at"], visitor=row["visitor"],
            reason=row["reason"], country=row["country"], device=row["device"], referrer_host=row["referrer_host"],
            variant=row.get("variant", ""), subs=row["subs"],
        )
        for row in rows.values()
        if row["id"] in own
    ]  # fmt: skip


def _stored(rows: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """Return which of these clicks have a row, with the record that brought it; looked for around their days only,
    since an id carries its time and the table may be cut into months."""
    moments = [row["occurred_at"] for row in rows.values()]
    nearby = (min(moments) - timedelta(days=1), max(moments) + timedelta(days=1))
    return dict(Click.objects.filter(id__in=rows, occurred_at__range=nearby).values_list("id", "sequence"))
