"""What a condition over partners may ask for: one list, also for rules of types, tiers and challenges."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from hanse.insight.figures.types import NAMES
from hanse.kernel.conditions import FieldKind

EVENTS: Final = (
    "enrolled", "terms_accepted", "tier_changed", "link_made", "link_copied", "first_sale", "paid", "product_use",
    "piece", "portal_login", "lesson", "training", "recording",
)  # fmt: skip
AMOUNTS: Final = frozenset(
    {f"figures.{name}" for name in NAMES if name.endswith("_minor")} | {"rates.value_per_sale_90d_minor"}
)
FIELDS: Final[Mapping[str, FieldKind]] = {
    "partner.country": "country", "partner.types": "texts", "partner.tags": "texts", "partner.language": "text",
    "partner.source": "text", "partner.owner": "text", "enrolment.tier": "text", "enrolment.status": "text",
    **{f"figures.{name}": "number" for name in NAMES},
    "rates.value_per_sale_90d_minor": "number", "rates.refunds_90d_ppm": "number",
    "training.lessons_done": "number", "training.lessons_left": "number", "training.sessions_attended": "number",
    "facts.*": "number", "silence.cause": "text", "silence.days": "number", "health.score": "number",
    **{f"events.{name}": "number" for name in EVENTS},
}  # fmt: skip


def groups_of(fields: Iterable[str]) -> frozenset[str]:
    """Return the beginnings of fields: what has to be read for them."""
    return frozenset(field.partition(".")[0] for field in fields)
