"""Clicks as evidence: the token's, all valid ones of the buyer's browsers, and those that the address leads to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from hanse.traffic.attribution.types import Policy, Subject, Touch
from hanse.traffic.clicks.queries import clicks_by_id, valid_clicks_of
from hanse.traffic.clicks.types import NOBODY, RecordedClick
from hanse.traffic.conversions.models import Conversion
from hanse.traffic.links.owners import owners_of_links

NEAR_MISS_DAYS = 30  # clicks this long before the window are shown as excluded, so that a near miss can be seen
_TOKEN = ("click_id", "click_link_number", "click_touched_at")


@dataclass(frozen=True, slots=True)
class Joined:
    """The click and browser that another conversion of the same address came with."""

    conversion_id: UUID
    external_id: str
    occurred_at: datetime
    click_id: str
    link_number: int | None
    touched_at: datetime | None
    visitor: str


class ClickEvidence:
    """All clicks that a batch of conversions could rest on, read once."""

    def __init__(self, subjects: Sequence[Subject], policies: Mapping[UUID, Policy]) -> None:
        self._since = {one.id: _since(one.occurred_at, policies[one.id]) for one in subjects}
        self._joined = _joined(subjects)
        joined = [one for found in self._joined.values() for one in found]
        tokens = {one.click_id: one.click_link_number for one in subjects if one.click_id}
        tokens |= {one.click_id: one.link_number for one in joined if one.click_id}
        self._rows = clicks_by_id(tokens.keys())
        self._owners = owners_of_links(
            {number for click_id, number in tokens.items() if number is not None and click_id not in self._rows}
        )
        visitors = {one.visitor for one in subjects if one.visitor} | {one.visitor for one in joined if one.visitor}
        visitors |= {click.visitor for click in self._rows.values() if click.visitor}
        self._by_visitor: dict[str, list[RecordedClick]] = {}
        if visitors:
            last = max(one.occurred_at for one in subjects)
            self._by_visitor = valid_clicks_of(visitors, min(self._since.values()), last)

    def of(self, one: Subject) -> list[Touch]:
        """Return the token's click and all valid clicks of that buyer's browsers, in time; what the token says stands
        in for a lost row."""
        touches: dict[str, Touch] = {}
        if one.bad_click:
            touches[""] = Touch("click", excluded="bad_signature", detail={"token": one.bad_click})
        if one.click_id:
            touch = self._token("click", one.click_id, one.click_link_number, one.click_touched_at)
            touches[one.click_id] = replace(touch, is_browsers="click" in one.browsers)
        row = self._rows.get(one.click_id)
        for visitor, said in ((row.visitor if row else "", "click"), (one.visitor, "visitor")):
            for click in self._within(one, visitor):
                if click.id not in touches:
                    touches[click.id] = _touch("click", click, "visitor", is_browsers=said in one.browsers)
        return sorted(touches.values(), key=lambda touch: (touch.touched_at or one.occurred_at, touch.click_id))

    def by_email(self, one: Subject) -> list[Touch]:
        """Return the clicks that came with other conversions of the same address, and those of their browsers."""
        known = {touch.click_id for touch in self.of(one)} if self._joined else set()
        touches: dict[str, Touch] = {}
        for other in self._joined.get((one.program_id, one.email_hash), ()) if one.email_hash else ():
            if other.conversion_id == one.id or other.occurred_at > one.occurred_at:
                continue
            if other.click_id and other.touched_at and other.touched_at >= self._since[one.id]:
                token = self._token("email", other.click_id, other.link_number, other.touched_at)
                touches.setdefault(other.click_id, _came_with(token, other))
            row = self._rows.get(other.click_id)
            for visitor in sorted({other.visitor, row.visitor if row else ""} - {""}):
                for click in self._within(one, visitor):
                    touches.setdefault(click.id, _came_with(_touch("email", click, "visitor"), other))
        found = [touch for click_id, touch in touches.items() if click_id not in known]
        return sorted(found, key=lambda touch: (touch.touched_at or one.occurred_at, touch.click_id))

    def _within(self, one: Subject, visitor: str) -> list[RecordedClick]:
        clicks = self._by_visitor.get(visitor, []) if visitor else []
        return [click for click in clicks if self._since[one.id] <= click.occurred_at <= one.occurred_at]

    def _token(self, kind: str, click_id: str, link_number: int | None, touched_at: datetime | None) -> Touch:
        row = self._rows.get(click_id)
        if row is not None:
            return _touch(kind, row, "token")
        owner = self._owners.get(link_number or 0)
        return Touch(
            kind, owner.enrolment_id if owner else None, touched_at, click_id, link_number,
            excluded="" if owner else "unknown_link", detail={"by": "token", "row": "missing"},
        )  # fmt: skip


def _joined(subjects: Sequence[Subject]) -> dict[tuple[UUID, str], list[Joined]]:
    """Return what conversions of the same addresses came with, by program and address, in time. One query."""
    hashes = {one.email_hash for one in subjects if one.email_hash}
    found: dict[tuple[UUID, str], list[Joined]] = {}
    if hashes:
        rows = Conversion.objects.filter(
            customer__program_id__in={one.program_id for one in subjects}, customer__email_hash__in=hashes
        ).exclude(click_id="", visitor="")
        columns = ("program_id", "customer__email_hash", "id", "external_id", "occurred_at", *_TOKEN, "visitor")
        for program_id, email_hash, *rest in rows.order_by("occurred_at", "id").values_list(*columns):
            found.setdefault((program_id, str(email_hash)), []).append(Joined(*rest))
    return found


def _since(occurred_at: datetime, policy: Policy) -> datetime:
    longest = max((days or 0 for kind, days in policy.windows.items() if kind in ("click", "email")), default=0)
    return occurred_at - timedelta(days=max(policy.window_days, longest) + NEAR_MISS_DAYS)


def _touch(kind: str, click: RecordedClick, by: str, *, is_browsers: bool = False) -> Touch:
    enrolment_id = None if click.enrolment_id == NOBODY else click.enrolment_id
    return Touch(
        kind, enrolment_id, click.occurred_at, click.id, click.link_number, excluded=click.reason, detail={"by": by},
        visitor=click.visitor, is_browsers=is_browsers,
    )  # fmt: skip


def _came_with(touch: Touch, other: Joined) -> Touch:
    return replace(touch, detail={**touch.detail, "conversion": other.external_id})
