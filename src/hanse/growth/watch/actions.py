"""Verbs of watch: faults open incidents, grow, and heal; one incident for each fault, however often somebody looks."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from hanse.growth.incidents.actions import measure, mend_incident, open_fault
from hanse.growth.incidents.models import Incident
from hanse.growth.watch.healing import healed_by
from hanse.growth.watch.models import LinkLook, NoFault, ProgramLook
from hanse.growth.watch.replay import ALL
from hanse.growth.watch.rules import chance_of
from hanse.growth.watch.types import Compared, Fault, Judgement, Replayed
from hanse.growth.watch.words import cause_of_fault, title_of_fault
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save
from hanse.spine.bulk import insert_many
from hanse.spine.checks import Checks

BY = "watch"
MOST_AT_ONCE = 20  # incidents that one look may open; the rest wait for the next
KEPT_LOOKS = 500
MEASURED_AGAIN = timedelta(hours=1)  # a fault that goes on costs more by the hour
FLICKER = timedelta(days=1)  # what comes back within a day is the same fault, not a new one
QUIET = timedelta(days=90)  # so long a link that "is no fault" is left alone; a host for good


def keep_faults(program: Program, faults: Sequence[Fault], kinds: Collection[str], now: datetime) -> list[Incident]:
    """Bring a program's incidents of some kinds in line with the faults found; return those that were opened.

    A known fault gets its new numbers; one that is not found any more closes itself with a note once it has healed.
    """
    open_ones = {
        row.fault_key: row
        for row in Incident.objects.filter(program=program, closed_at=None, kind__in=list(kinds))
        .exclude(fault_key="").select_related("program", "notice")
    }  # fmt: skip
    quiet = _no_faults(program, now)
    opened = list[Incident]()
    for fault in faults:
        if fault.key in open_ones:
            _renew(open_ones[fault.key], fault, now)
        elif fault.key not in quiet and len(opened) < MOST_AT_ONCE:
            opened.append(_back(program, fault, now) or _open(program, fault, now))
    found = {fault.key for fault in faults}
    for key, row in open_ones.items():
        if key not in found:
            _close_healed(row, now)
    return opened


def say_no_fault(incident: Incident, why: str, *, now: datetime, by: str) -> None:
    """Close an incident that is none; it does not open again (a link's not for 90 days).

    Refuses one that a person noted, that is closed, and one that partners were told of: they deserve a word.
    """
    _refuse_closed(incident)
    if incident.told_at is not None:
        raise Refused("told", _("Partners were told of this. Say how it was mended instead."))
    checks = Checks()
    why = checks.text("why", why, 500, required=True)
    checks.done()
    until = now + QUIET if incident.kind == Incident.Kind.LINK_SALES_STOPPED else None
    NoFault.objects.update_or_create(
        program=incident.program, fault_key=incident.fault_key,
        defaults={"why": why, "said_at": now, "said_by": by[:200], "until": until},
        create_defaults={
            "id": new_id(now), "why": why, "said_at": now, "said_by": by[:200], "until": until,
        },
    )  # fmt: skip
    values: dict[str, object] = {
        "closed_at": now, "closed_as": "no_fault", "mended_how": why, "mended_at": now, "ends_at": now,
    }  # fmt: skip
    audited_save(incident, values, actor=by, verb="say_no_fault", now=now)


def keep_looks(program: Program, judgement: Judgement, compared: Sequence[Compared], now: datetime) -> None:
    """Store the last look at a program's links: those that sell least against their own past."""
    alarms = {one.compared.key: one for one in judgement.alarms}
    rows = [alarms[one.key].compared if one.key in alarms else one for one in compared if one.key != ALL]
    rows.sort(key=lambda one: (one.key not in alarms, one.now.good / max(one.expected, 0.01), one.key))
    LinkLook.objects.filter(program=program).delete()
    insert_many(LinkLook, [_look_row(program, one, judgement, one.key in alarms, now) for one in rows[:KEPT_LOOKS]])
    # all links together are one of those that were looked at
    values = {
        "looked_at": now,
        "links": max(0, judgement.looked_at - 1),
        "able": judgement.able,
        "level": judgement.level,
    }
    ProgramLook.objects.update_or_create(program=program, defaults=values)


def keep_replay(program: Program, result: Replayed, now: datetime) -> None:
    """Store what the rule would have said in the past year."""
    told = {
        "first": result.first.isoformat(), "last": result.last.isoformat(), "links": result.links,
        "looks": result.looks, "alarms": result.alarms, "false": result.false_alarms,
        "false_per_thousand": round(result.false_per_thousand_looks, 4),
    }  # fmt: skip
    ProgramLook.objects.update_or_create(program=program, defaults={"replayed_on": now.date(), "replay": told})


def _refuse_closed(incident: Incident) -> None:
    if not incident.fault_key:
        raise Refused("by_a_person", _("A person noted this. Say how it was mended, or delete it."))
    if incident.closed_at is not None:
        raise Refused("closed", _("This is closed already."))


def _no_faults(program: Program, now: datetime) -> set[str]:
    rows = NoFault.objects.filter(program=program).values_list("fault_key", "until")
    return {key for key, until in rows if until is None or until > now}


def _open(program: Program, fault: Fault, now: datetime) -> Incident:
    return open_fault(
        program, kind=fault.kind, key=fault.key, title=title_of_fault(fault), cause=cause_of_fault(fault),
        starts_at=min(fault.since, now), about=fault.about, evidence=fault.evidence, now=now, by=BY,
    )  # fmt: skip


def _renew(row: Incident, fault: Fault, now: datetime) -> None:
    """Take over new numbers; a fault that a person is mending keeps those it had when that began."""
    if row.mending_at is not None:
        return
    is_changed = (row.about, row.evidence) != (dict(fault.about), dict(fault.evidence))
    if is_changed:
        row.about, row.evidence = dict(fault.about), dict(fault.evidence)
        row.starts_at = min(row.starts_at, fault.since)
        row.save(update_fields=["about", "evidence", "starts_at"])
    if is_changed or row.measured_at is None or now - row.measured_at >= MEASURED_AGAIN:
        measure(row, now)


def _back(program: Program, fault: Fault, now: datetime) -> Incident | None:
    """Open again what closed itself within the last day, where nobody was told anything yet."""
    row = (
        Incident.objects.filter(
            program=program, fault_key=fault.key, closed_as="healed", closed_at__gt=now - FLICKER, told_at=None
        )
        .select_related("program", "notice").order_by("-closed_at").first()
    )  # fmt: skip
    if row is None:
        return None
    values: dict[str, object] = {
        "closed_at": None, "closed_as": "", "mended_at": None, "mended_how": "", "ends_at": None,
    }  # fmt: skip
    audited_save(row, values, actor=BY, verb="open_fault", reason="it came back", now=now)
    _renew(row, fault, now)
    return row


def _close_healed(row: Incident, now: datetime) -> None:
    if row.mending_at is None and (note := healed_by(row, now)):
        measure(row, now)
        mend_incident(row, note, now=now, by=BY, closed_as="healed")


def _look_row(
    program: Program, one: Compared, judgement: Judgement, is_alarm: bool, now: datetime
) -> dict[str, object]:  # fmt: skip
    chances = [each.chance for each in judgement.verdicts if each.compared.key == one.key and is_alarm]
    return {
        "link_number": int(one.key), "program_id": program.pk, "looked_on": now.date(), "span_days": one.span_days,
        "clicks": one.now.tries, "sales": one.now.good, "past_days": one.past_days, "past_clicks": one.past.tries,
        "past_sales": one.past.good, "expected_hundredths": round(100 * one.expected),
        "chance": min(chances, default=chance_of(one)), "is_alarm": is_alarm,
    }  # fmt: skip
