"""Verbs of launch: write down what people must say, open the program, run pilots and decide them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from django.db.models import Exists, OuterRef, QuerySet
from django.utils.translation import gettext as _

from hanse.growth.launch.models import Launch, Pilot, PilotPartner
from hanse.growth.launch.queries import checks_of, launch_of
from hanse.insight.rollups.models import EnrolmentMark
from hanse.kernel.clock import day_starts_at, local_day
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.kernel.money import MAX_AMOUNT_MINOR
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.actions import change_program
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks

MAX_SIZE, MAX_DAYS = 500, 365


def prepare_launch(
    program: Program, *, asset_pack: str, playbook: str, aim_metric: str, aim_number: int | None, aim_on: date | None,
    now: datetime, by: str,
) -> Launch:  # fmt: skip
    """Keep what people write down before a program opens; anything may be empty yet. Raises Invalid."""
    checks = Checks()
    asset_pack = checks.web_address("asset_pack", asset_pack, 500)
    playbook = checks.text("playbook", playbook, 50_000, lines=True)
    if aim_metric:
        checks.one_of("aim_metric", aim_metric, [str(one) for one in Launch.Metric.values])
    if aim_number is not None:
        checks.whole_number("aim_number", aim_number, 1, MAX_AMOUNT_MINOR)
    checks.done()
    Launch.objects.get_or_create(program=program, defaults={"changed_at": now})
    row = Launch.objects.select_for_update().get(program=program)
    values: dict[str, object] = {
        "asset_pack": asset_pack, "playbook": playbook, "aim_metric": aim_metric, "aim_number": aim_number,
        "aim_on": aim_on,
    }  # fmt: skip
    if audited_save(row, values, actor=by, verb="prepare_launch", now=now):
        Launch.objects.filter(pk=row.pk).update(changed_at=now)
        row.changed_at = now
    return row


def open_program(program: Program, *, why: str = "", now: datetime, by: str) -> Launch:
    """Open a program: its join page takes applications from now on.

    Refuses while something is missing, unless `why` says why it opens all the same: what lacked is kept with it.
    """
    missing = [check.key for check in checks_of(program, now) if not check.passed]
    checks = Checks()
    why = checks.text("why", why, 500)
    checks.done()
    if missing and not why:
        raise Refused("not_ready", _("Something is missing still. Finish it, or say why you open without it."))
    Launch.objects.get_or_create(program=program, defaults={"changed_at": now})
    row = Launch.objects.select_for_update().get(program=program)
    if row.opened_at is None:
        row.opened_at, row.opened_by, row.opened_without, row.opened_why = now, by[:200], missing, why
        row.save(update_fields=["opened_at", "opened_by", "opened_without", "opened_why"])
        record_change(
            actor=by, verb="open_program", subject_kind="program", subject_id=program.pk, before={},
            after={"without": missing}, reason=why, now=now,
        )  # fmt: skip
    if not program.applications_open:
        change_program(program, applications_open=True, now=now, by=by)
    return launch_of(program)


def start_pilot(
    program: Program, *, name: str, size: int, aim_days: int, starts_on: date, ends_on: date,
    fills_itself: bool = False, now: datetime, by: str,
) -> Pilot:  # fmt: skip
    """Plan a pilot: so many partners, one aim, an end. Raises Invalid."""
    checks = Checks()
    name = checks.text("name", name, 120, required=True)
    checks.whole_number("size", size, 1, MAX_SIZE)
    checks.whole_number("aim_days", aim_days, 1, MAX_DAYS)
    if ends_on <= starts_on:
        checks.refuse("ends_on", _("A pilot ends after it began."), "out_of_order")
    elif (ends_on - starts_on).days < aim_days:
        message = _("It ends before anybody could be watched for as long as the aim says.")
        checks.refuse("ends_on", message, "too_short")
    if Pilot.objects.filter(program=program, name=name).exists():
        checks.refuse("name", _("There is a pilot of this name already."), "not_unique")
    checks.done()
    pilot = Pilot.objects.create(
        id=new_id(now), program=program, name=name, size=size, aim_days=aim_days, starts_on=starts_on, ends_on=ends_on,
        fills_itself=fills_itself, created_at=now, created_by=by[:200],
    )  # fmt: skip
    record_creation(pilot, actor=by, verb="start_pilot", fields=("name", "size", "aim_days", "ends_on"), now=now)
    return pilot


def add_to_pilot(pilot: Pilot, enrolments: Collection[Enrolment], *, now: datetime, by: str) -> int:
    """Let partners take part; who does already stays. Returns how many are new.

    Refuses more than the pilot is meant for, others' partners, and whoever has sold before it began.
    """
    pilot = Pilot.objects.select_for_update().get(pk=pilot.pk)
    if pilot.decision:
        raise Refused("decided", _("This pilot is decided."))
    known = set(PilotPartner.objects.filter(pilot=pilot).values_list("enrolment_id", flat=True))
    fresh = [one for one in enrolments if one.pk not in known]
    if any(one.program_id != pilot.program_id or one.is_test or one.status == "pending" for one in fresh):
        raise Refused("not_enrolled", _("Only partners of this program can take part."))
    if len(known) + len(fresh) > pilot.size:
        raise Refused("full", _("This pilot is meant for %(n)d partners.") % {"n": pilot.size})
    sold = EnrolmentMark.objects.filter(enrolment_id__in=[one.pk for one in fresh], first_sale__lt=pilot.starts_on)
    if sold.exists():
        raise Refused("sold_before", _("Somebody has sold before the pilot began: it times the first sale."))
    PilotPartner.objects.bulk_create(
        [PilotPartner(id=new_id(now), pilot=pilot, enrolment=one, added_at=now, added_by=by[:200]) for one in fresh]
    )
    if fresh:
        record_change(
            actor=by, verb="add_to_pilot", subject_kind="pilot", subject_id=pilot.pk, before={},
            after={"partners": [one.pk for one in fresh]}, now=now,
        )  # fmt: skip
    return len(fresh)


def fill_pilots(now: datetime) -> int:
    """Let those who join take part in the pilots that fill themselves, the earliest first. Safe to run twice."""
    added = 0
    for pilot in Pilot.objects.filter(fills_itself=True, decision="").select_related("program"):
        zone = pilot.program.time_zone
        if pilot.starts_on <= local_day(now, zone) <= pilot.ends_on:
            room = pilot.size - PilotPartner.objects.filter(pilot=pilot).count()
            fresh = list(_newcomers(pilot, zone)[: max(0, room)])
            added += add_to_pilot(pilot, fresh, now=now, by="pilot") if fresh else 0
    return added


def _newcomers(pilot: Pilot, zone: str) -> QuerySet[Enrolment]:
    taken = PilotPartner.objects.filter(enrolment=OuterRef("pk"))
    rows = Enrolment.objects.filter(
        program_id=pilot.program_id, is_test=False, status=Enrolment.Status.ACTIVE,
        enrolled_at__gte=day_starts_at(pilot.starts_on, zone),
    )  # fmt: skip
    sold = EnrolmentMark.objects.filter(enrolment_id=OuterRef("pk"), first_sale__lt=pilot.starts_on)
    return rows.filter(~Exists(taken), ~Exists(sold)).order_by("enrolled_at", "pk")


def decide_pilot(pilot: Pilot, decision: str, *, why: str, now: datetime, by: str) -> Pilot:
    """Decide a pilot: scale, change or stop, with a reason. Decided again, the last one holds. Raises Invalid."""
    checks = Checks()
    checks.one_of("decision", decision, [str(one) for one in Pilot.Decision.values])
    why = checks.text("why", why, 1000, required=True, lines=True)
    checks.done()
    audited_save(
        pilot, {"decision": decision, "decision_why": why, "decided_at": now, "decided_by": by[:200]}, actor=by,
        verb="decide_pilot", reason=why, now=now,
    )  # fmt: skip
    return pilot
