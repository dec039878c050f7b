"""Verbs of incidents: noted with whom they touched, told at once, mended and told again."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta
from uuid import UUID

from django.utils.translation import gettext as _

from hanse.growth.incidents.effect import effect_of
from hanse.growth.incidents.models import Incident, Touched
from hanse.growth.incidents.queries import send_key, told_of
from hanse.growth.incidents.rules import Brought
from hanse.growth.sends.actions import plan_send
from hanse.growth.sends.types import Priority
from hanse.growth.templates.actions import keep_message
from hanse.growth.templates.library import shipped_by_key
from hanse.growth.templates.models import MessageTemplate, MessageVersion
from hanse.growth.templates.queries import latest_version
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.offers.models import Offer
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks

LONGEST = timedelta(days=92)
_AT_ONCE = 500
_NAME = 76
About = dict[UUID, dict[str, dict[str, object]]]  # what a letter is filled with, by enrolment
BY_PERSONS = (str(Incident.Kind.TRACKING_DOWN), str(Incident.Kind.WRONG_RATE))  # the others are found by watch
_SHIPPED = {
    "tracking_down": "incident-tracking", "wrong_rate": "incident-rate", "token_lost": "incident-token",
    "link_broken": "incident-link", "link_sales_stopped": "incident-link",
}  # fmt: skip


def note_incident(
    program: Program,
    *,
    kind: str,
    title: str,
    cause: str,
    starts_at: datetime,
    ends_at: datetime,
    rate_ppm: int | None = None,
    offer: Offer | None = None,
    now: datetime,
    by: str,
) -> Incident:
    """Note a fault with whom it touched and by how much, and draft the letter about it. Nobody is told yet.

    `rate_ppm` is the right rate where a wrong one was booked. Raises Invalid: the span must be over, at most 92 days.
    """
    checks = Checks()
    values = {
        "kind": checks.one_of("kind", kind, BY_PERSONS),
        "title": checks.text("title", title, 120, required=True),
        "cause": checks.text("cause", cause, 500, required=True),
    }
    if not starts_at < ends_at <= now:
        checks.refuse("ends_at", _("A fault begins before it ends, and it has ended by now."), "bad_span")
    elif ends_at - starts_at > LONGEST:
        checks.refuse("ends_at", _("At most 92 days, please; note a longer fault in parts."), "too_long")
    if kind == Incident.Kind.WRONG_RATE:
        rate_ppm = checks.whole_number("rate", rate_ppm, 0, 1_000_000)
    elif rate_ppm is not None:
        checks.refuse("rate", _("Only a wrong rate has a right one."), "not_an_option")
    if offer is not None and offer.program_id != program.pk:
        checks.refuse("offer", _("This offer belongs to another program."), "not_an_option")
    checks.done()
    row = Incident.objects.create(
        id=new_id(now), program=program, starts_at=starts_at, ends_at=ends_at, rate_ppm=rate_ppm, offer=offer,
        created_at=now, created_by=by[:200], **values,
    )  # fmt: skip
    row.notice = _draft(row, _SHIPPED[kind], now, by)
    row.save(update_fields=["notice"])
    record_creation(row, actor=by, verb="note_incident", fields=("kind", "title", "starts_at", "ends_at"), now=now)
    measure(row, now)
    return row


def measure(incident: Incident, now: datetime) -> int:
    """Find again whom an incident touched by now; what was told stays, but for a fault that goes on and grows.

    Returns how many there are.
    """
    if incident.closed_at is not None or (incident.told_at is not None and not incident.fault_key):
        return incident.touched.count()
    found = effect_of(incident, now)
    if incident.told_at is not None:  # who was told hears of the end, too, also where nothing is missing any more
        found = {**dict.fromkeys(told_of(incident), Brought()), **found}
    keep_touched(incident, found)
    incident.measured_at = now
    incident.save(update_fields=["measured_at"])
    return len(found)


def keep_touched(incident: Incident, found: Mapping[UUID, Brought]) -> None:
    """Store whom an incident touched in place of what was known."""
    incident.touched.all().delete()
    Touched.objects.bulk_create(
        [
            Touched(
                incident=incident, enrolment_id=who, clicks=each.clicks, orders=each.orders,
                value_minor=each.value_minor, commission_minor=each.commission_minor,
            )
            for who, each in sorted(found.items())
        ],
        batch_size=500,
    )  # fmt: skip


def open_fault(
    program: Program, *, kind: str, key: str, title: str, cause: str, starts_at: datetime, about: Mapping[str, object],
    evidence: Mapping[str, object], now: datetime, by: str,
) -> Incident:  # fmt: skip
    """Open an incident for a fault that watch found and that goes on; the letter is drafted, nobody is told yet.

    The key is free: no other incident of this fault is open.
    """
    row = Incident.objects.create(
        id=new_id(now), program=program, kind=kind, title=title[:120], cause=cause[:500], starts_at=starts_at,
        fault_key=key, about=dict(about), evidence=dict(evidence), created_at=now, created_by=by[:200],
    )  # fmt: skip
    row.notice = _draft(row, _SHIPPED[kind], now, by)
    row.save(update_fields=["notice"])
    record_creation(row, actor=by, verb="open_fault", fields=("kind", "title", "starts_at", "fault_key"), now=now)
    measure(row, now)
    return row


def is_estimate(incident: Incident) -> bool:
    """Say whether the numbers of an incident are reckoned from usual weeks, not counted order by order."""
    return incident.kind != Incident.Kind.WRONG_RATE and not incident.about.get("is_counted")


def _draft(incident: Incident, key: str, now: datetime, by: str) -> MessageVersion:
    """Keep a shipped letter as this incident's own, under a name that is free."""
    letter = shipped_by_key(key)
    name = f"{letter.name}: {incident.title}"[:_NAME].strip()  # as it is kept, with room for a number
    taken = set(
        MessageTemplate.objects.filter(program=incident.program, archived_at=None, name__startswith=name).values_list(
            "name", flat=True
        )
    )
    free = next(each for each in (name, *(f"{name} {number}" for number in range(2, 999))) if each not in taken)
    return keep_message(
        incident.program, name=free, kind=letter.kind, contents=letter.contents, now=now, by=by, library_key=key
    )


def about_of(incident: Incident, enrolment_ids: Collection[UUID] | None = None) -> About:
    """Return what letters about an incident are filled with, an enrolment each."""
    zone = incident.program.time_zone
    common: dict[str, object] = {
        "title": incident.title, "cause": incident.cause, "mended": incident.mended_how or None,
        "from": local_day(incident.starts_at, zone).isoformat(),
        "to": local_day((incident.ends_at or clock.now()) - timedelta(microseconds=1), zone).isoformat(),
        "is_estimate": int(is_estimate(incident)),
    }  # fmt: skip
    rows = (
        incident.touched.all() if enrolment_ids is None else incident.touched.filter(enrolment__in=list(enrolment_ids))
    )
    return {
        row.enrolment_id: {
            "incident": {
                **common, "orders": row.orders, "value": row.value_minor, "commission": row.commission_minor,
            }
        }
        for row in rows
    }  # fmt: skip


def tell_touched(incident: Incident, *, now: datetime, by: str) -> int:
    """Plan the letter to everybody whom it touched and who has none yet, before every other kind of letter.

    Returns how many. A fault that goes on touches more: they can be told later. Refuses an incident that touched
    nobody, and one of which everybody was told.
    """
    assert incident.notice is not None
    count = _plan(incident, latest_version(incident.notice.template_id), "told", about_of(incident), now)
    if not count and incident.told_at is not None:
        raise Refused("told", _("They were told already."))
    if not count:
        raise Refused("nobody", _("This touched nobody, so there is nobody to tell."))
    audited_save(incident, {"told_at": now}, actor=by, verb="tell_incident", now=now)
    return count


def mend_incident(
    incident: Incident, how: str, *, now: datetime, by: str, closed_as: str = "mended", letter: str = "incident-mended",
    tell_all: bool = False,
) -> int:  # fmt: skip
    """Note how a fault was mended and tell everybody who was told of it (`tell_all`: also where nobody was told).

    Returns how many letters that are. Refuses one that was mended before.
    """
    if incident.mended_at is not None or incident.closed_at is not None:
        raise Refused("mended", _("This was mended already."))
    checks = Checks()
    how = checks.text("how", how, 500, required=True)
    checks.done()
    values: dict[str, object] = {
        "mended_at": now, "mended_how": how, "closed_at": now, "closed_as": closed_as,
        "ends_at": incident.ends_at or incident.mending_at or now,
    }  # fmt: skip
    audited_save(incident, values, actor=by, verb="mend_incident", now=now)
    about = about_of(incident, None if tell_all else told_of(incident))
    if not about:
        return 0
    incident.follow_up = _draft(incident, letter, now, by)
    incident.save(update_fields=["follow_up"])
    return _plan(incident, incident.follow_up, "mended", about, now)


def _plan(incident: Incident, version: MessageVersion, step: str, about: About, now: datetime) -> int:
    """Plan a letter to those who have none yet; return how many that are."""
    ids, count = list(about), 0
    for start in range(0, len(ids), _AT_ONCE):
        part = ids[start : start + _AT_ONCE]
        count += plan_send(
            version, part, reason=Priority.HONESTY, key=send_key(incident.pk, step), now=now,
            about={who: about[who] for who in part},
        )  # fmt: skip
    return count


def delete_incident(incident: Incident, *, now: datetime, by: str) -> None:
    """Delete an incident noted by mistake. Refuses one that somebody was told of: that stays."""
    if incident.told_at is not None:
        raise Refused("told", _("Partners were told of this. It stays; note how it was mended."))
    record_change(
        actor=by, verb="delete_incident", subject_kind="incident", subject_id=incident.pk,
        before={"title": incident.title}, after={}, now=now,
    )  # fmt: skip
    incident.delete()
