"""Rows for conditions: what is known of enrolments at a moment, by the names of `audiences.fields`."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from hanse.growth.audiences.fields import groups_of
from hanse.growth.health.models import Health
from hanse.growth.silence.models import Silence
from hanse.growth.training.queries import learned_by, lessons_done, sessions_attended
from hanse.insight.events.models import PartnerEvent
from hanse.insight.facts.models import PartnerFact
from hanse.insight.figures.queries import figures_of
from hanse.insight.figures.types import NAMES, Figures
from hanse.insight.rollups.models import EnrolmentMark
from hanse.kernel.clock import local_day
from hanse.money.payouts.models import Payout
from hanse.programs.enrolments.models import Agreement, Enrolment, TierChange
from hanse.programs.programs.models import Program
from hanse.traffic.links.models import Link

Row = dict[str, object]
_FEW = 500  # so many are named in a query; of more, the whole program is read
_OF_PARTNER = {
    "partner.country": "partner__country", "partner.types": "partner__types", "partner.tags": "partner__tags",
    "partner.language": "partner__language", "partner.source": "partner__source",
    "partner.owner": "partner__owner__email", "enrolment.tier": "tier__key", "enrolment.status": "status",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """Whose rows are read (`ids` None: the whole program's) and when."""

    program_id: UUID
    ids: list[UUID] | None
    now: datetime
    zone: str

    @property
    def today(self) -> date:
        return local_day(self.now, self.zone)

    def of(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow rows that point to enrolments."""
        if self.ids is None:
            return rows.filter(enrolment__program_id=self.program_id)
        return rows.filter(enrolment_id__in=self.ids)

    def of_plain(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        """Narrow rows that carry the ids of program and enrolment themselves."""
        rows = rows.filter(program_id=self.program_id)
        return rows if self.ids is None else rows.filter(enrolment_id__in=self.ids)


def rows_for(
    program_id: UUID, enrolment_ids: Collection[UUID] | None, now: datetime, fields: Collection[str] | None = None
) -> dict[UUID, Row]:
    """Return one row an enrolment for `kernel.conditions`; what is not known is absent. `None`: all enrolments.

    Only what `fields` ask for is read (None: everything). At most 26 queries, however many enrolments there are.
    """
    zone = Program.objects.values_list("time_zone", flat=True).get(pk=program_id)
    ids = None if enrolment_ids is None or len(enrolment_ids) > _FEW else list(enrolment_ids)
    asked = _Asked(program_id, ids, now, zone)
    rows = _enrolments(asked)
    if enrolment_ids is not None and ids is None:
        wanted = set(enrolment_ids)
        rows = {who: row for who, row in rows.items() if who in wanted}
    groups = None if fields is None else groups_of(fields)
    for names, add in _PARTS:
        if rows and (groups is None or not groups.isdisjoint(names)):
            add(rows, asked)
    return rows


def _enrolments(asked: _Asked) -> dict[UUID, Row]:
    enrolments = Enrolment.objects.filter(program_id=asked.program_id)
    if asked.ids is not None:
        enrolments = enrolments.filter(id__in=asked.ids)
    return {
        who: {name: value for name, value in zip(_OF_PARTNER, values, strict=True) if value not in ("", None)}
        for who, *values in enrolments.values_list("id", *_OF_PARTNER.values())
    }


def _put(rows: Mapping[UUID, Row], name: str, found: Iterable[tuple[UUID, object]]) -> None:
    for who, value in found:
        if value is not None and (row := rows.get(who)) is not None:
            row[name] = value


def _figures(rows: Mapping[UUID, Row], asked: _Asked) -> None:
    names = [(name, f"figures.{name}") for name in NAMES]
    for who, found in figures_of(asked.program_id, asked.ids, asked.now).items():
        if (row := rows.get(who)) is not None:
            row.update((full, getattr(found, name)) for name, full in names)
            row.update(_rates(found))


def _rates(found: Figures) -> Row:
    """Return shares. A share of nothing is not told: the field is absent then, and no condition holds."""
    if found.conversions_90d <= 0:
        return {}
    return {
        "rates.value_per_sale_90d_minor": found.value_90d_minor // found.conversions_90d,
        "rates.refunds_90d_ppm": found.refunds_90d * 1_000_000 // found.conversions_90d,
    }


def _facts(rows: Mapping[UUID, Row], asked: _Asked) -> None:
    found = asked.of_plain(PartnerFact.objects.all()).values_list("enrolment_id", "kind", "n")
    for who, kind, n in found:
        _put(rows, f"facts.{kind}", ((who, n),))


def _silence(rows: Mapping[UUID, Row], asked: _Asked) -> None:
    found = list(asked.of(Silence.objects.all()).values_list("enrolment_id", "cause", "since"))
    _put(rows, "silence.cause", ((who, cause) for who, cause, _since in found))
    _put(rows, "silence.days", ((who, (asked.today - since).days) for who, _cause, since in found))


def _health(rows: Mapping[UUID, Row], asked: _Asked) -> None:
    _put(rows, "health.score", asked.of(Health.objects.all()).values_list("enrolment_id", "score"))


def _events(rows: Mapping[UUID, Row], asked: _Asked) -> None:
    """Put days since each event was last, by local days of the program, as every other number of a partner."""
    enrolled = Enrolment.objects.filter(program_id=asked.program_id)
    if asked.ids is not None:
        enrolled = enrolled.filter(id__in=asked.ids)
    found: dict[str, Iterable[tuple[UUID, datetime | None]]] = {
        "enrolled": enrolled.values_list("id", "enrolled_at"),
        "terms_accepted": _last(asked, Agreement.objects.all(), "accepted_at"),
        "tier_changed": _last(asked, TierChange.objects.exclude(tier=None), "at"),
        "link_made": _last(asked, Link.objects.all(), "created_at"),
        "link_copied": _last(asked, Link.objects.exclude(copied_at=None), "copied_at"),
        "paid": _last(asked, Payout.objects.filter(state=Payout.State.SETTLED), "settled_at"),
    }
    for name, moments in found.items():
        _put(rows, f"events.{name}", ((who, _days(at, asked)) for who, at in moments))
    marks = asked.of_plain(EnrolmentMark.objects.all()).values_list("enrolment_id", "first_sale")
    _put(rows, "events.first_sale", ((who, (asked.today - day).days) for who, day in marks if day))
    own = asked.of_plain(PartnerEvent.objects.filter(occurred_at__lte=asked.now)).order_by()
    for who, kind, at in own.values("enrolment_id", "kind").annotate(at=Max("occurred_at")).values_list(
        "enrolment_id", "kind", "at"
    ):  # fmt: skip
        _put(rows, f"events.{kind}", ((who, _days(at, asked)),))


def _days(at: datetime | None, asked: _Asked) -> int | None:
    """Return the local days from a moment to the asker's; None for what never was or is still to come."""
    return None if at is None or at > asked.now else (asked.today - local_day(at, asked.zone)).days


def _last(asked: _Asked, rows: QuerySet[Any], column: str) -> QuerySet[Any]:
    rows = asked.of(rows.filter(**{f"{column}__lte": asked.now})).order_by()
    lasts: QuerySet[Any] = rows.values("enrolment_id").annotate(last=Max(column))
    return lasts.values_list("enrolment_id", "last")


def _training(rows: Mapping[UUID, Row], asked: _Asked) -> None:
    """Put lessons done and left, and sessions attended: nothing done is zero, not unknown."""
    done, sessions = lessons_done(asked.program_id, asked.now), sessions_attended(asked.program_id, asked.now)
    learned = learned_by(asked.program_id, list(rows))
    for who, row in rows.items():
        row["training.lessons_done"], row["training.sessions_attended"] = done.get(who, 0), sessions.get(who, 0)
        mine = learned.get(who)
        row["training.lessons_left"] = mine.meant - mine.done if mine else 0


_PARTS: tuple[tuple[frozenset[str], Callable[[Mapping[UUID, Row], _Asked], None]], ...] = (
    (frozenset(("figures", "rates")), _figures),
    (frozenset(("facts",)), _facts),
    (frozenset(("silence",)), _silence),
    (frozenset(("health",)), _health),
    (frozenset(("events",)), _events),
    (frozenset(("training",)), _training),
)
