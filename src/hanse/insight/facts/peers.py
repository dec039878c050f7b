"""What those who sell most do differently: counted once a day for each kind of partner."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Count, F, Q, Sum

from hanse.insight.facts.models import PeerNumbers
from hanse.insight.rollups.models import EnrolmentDay
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.bulk import insert_many
from hanse.traffic.coupons.models import Coupon
from hanse.traffic.links.models import Link

FEWEST = 10  # partners in each part: of fewer nothing is said (domain.md §12)
_QUARTER = 90


@dataclass(frozen=True, slots=True)
class Part:
    """Sums over some partners. `days` are days with a click, `with_…` how many partners have such a thing."""

    partners: int = 0
    links: int = 0
    with_deep: int = 0
    with_code: int = 0
    clicks: int = 0
    click_sales: int = 0
    sales: int = 0
    value_minor: int = 0
    days: int = 0


def peer_numbers(program: Program, today: date) -> dict[str, tuple[Part, Part]]:
    """Return, for each kind with ten partners in both parts, the top fifth (ten at least) and the others. Four queries.

    Only partners with a click or a sale in the last 90 days belong to either.
    """
    kinds = {
        key: str(types[0]) if types else ""
        for key, types in Enrolment.objects.filter(
            program=program, is_test=False, status=Enrolment.Status.ACTIVE
        ).values_list("id", "partner__types")
    }
    sums = _sums(program.pk, today)
    links, codes = _links(program), _codes(program)
    by_kind: dict[str, list[UUID]] = defaultdict(list)
    for key in sums:
        if key in kinds:
            by_kind[kinds[key]].append(key)
    found = {}
    for kind, members in by_kind.items():
        ranked = sorted(members, key=lambda key: (-sums[key]["value_minor"], key))
        cut = max(FEWEST, -(-len(ranked) // 5))
        parts = [_part(part, sums, links, codes) for part in (ranked[:cut], ranked[cut:])]
        if all(part.partners >= FEWEST for part in parts):
            found[kind] = parts[0], parts[1]
    return found


def keep_peer_numbers(program_id: UUID, found: Mapping[str, tuple[Part, Part]], today: date) -> None:
    """Store the numbers of a day in place of those before. Two statements."""
    PeerNumbers.objects.filter(program_id=program_id).delete()
    insert_many(PeerNumbers, [
        {"program_id": program_id, "kind": kind, "top": _plain(top), "rest": _plain(rest), "found_on": today}
        for kind, (top, rest) in found.items()
    ])  # fmt: skip


def peers_of(program_id: UUID, kind: str) -> tuple[Part, Part] | None:
    """Return the top fifth and the others of a kind; None where too few are there. One query."""
    row = PeerNumbers.objects.filter(program_id=program_id, kind=kind).first()
    return (Part(**row.top), Part(**row.rest)) if row else None


def _sums(program_id: UUID, today: date) -> dict[UUID, dict[str, int]]:
    days = EnrolmentDay.objects.filter(
        program_id=program_id, day__gt=today - timedelta(days=_QUARTER), day__lte=today
    ).filter(Q(clicks__gt=0) | Q(conversions__gt=0))
    rows = days.order_by().values("enrolment_id").annotate(
        n_clicks=Sum("clicks"), n_click_sales=Sum("click_conversions"), n_sales=Sum("conversions"),
        n_value=Sum(F("value_minor") - F("refunded_minor")), n_days=Count("day", filter=Q(clicks__gt=0)),
    )  # fmt: skip
    columns = ("enrolment_id", "n_clicks", "n_click_sales", "n_sales", "n_value", "n_days")
    names = ("clicks", "click_sales", "sales", "value_minor", "days")
    return {key: dict(zip(names, numbers, strict=True)) for key, *numbers in rows.values_list(*columns)}


def _links(program: Program) -> dict[UUID, tuple[int, bool]]:
    deep = Count("pk", filter=~Q(destination_url=F("offer__destination_url")))
    rows = Link.objects.filter(enrolment__program=program, archived_at=None).order_by().values("enrolment_id")
    counted = rows.annotate(n=Count("pk"), deep=deep).values_list("enrolment_id", "n", "deep")
    return {key: (count, deep_ones > 0) for key, count, deep_ones in counted}


def _codes(program: Program) -> set[UUID]:
    return set(Coupon.objects.filter(program=program, archived_at=None).values_list("enrolment_id", flat=True))


def _part(
    members: Sequence[UUID], sums: Mapping[UUID, Mapping[str, int]], links: Mapping[UUID, tuple[int, bool]],
    codes: set[UUID],
) -> Part:  # fmt: skip
    added = {name: sum(sums[key][name] for key in members) for name in ("clicks", "click_sales", "sales", "days")}
    return Part(
        partners=len(members), links=sum(links.get(key, (0, False))[0] for key in members),
        with_deep=sum(links.get(key, (0, False))[1] for key in members),
        with_code=sum(key in codes for key in members),
        value_minor=sum(sums[key]["value_minor"] for key in members), **added,
    )  # fmt: skip


def _plain(part: Part) -> dict[str, int]:
    return asdict(part)
