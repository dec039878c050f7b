"""Moving prospects from stage to stage, taking it back, and moving by itself when an application is approved."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, F, OuterRef, Q
from django.utils.translation import gettext as _

from hanse.growth.mentions.models import Candidate
from hanse.growth.prospects.models import Prospect, StageChange
from hanse.growth.prospects.rules import is_before
from hanse.growth.prospects.types import STAGES
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import record_change
from hanse.spine.bulk import update_many
from hanse.spine.checks import Checks
from hanse.traffic.attribution.models import Credit

_MOMENT = timedelta(microseconds=1)  # steps of one prospect never share a moment: their order is their history


def move_prospects(
    prospects: Sequence[Prospect], stage: str, *, reason: str = "", now: datetime, by: str
) -> tuple[UUID, int]:
    """Move prospects of one program into a stage; return the act (to take it back by) and how many moved.

    Closing needs a reason; an active prospect is a partner of the program. Raises Invalid; refuses where nobody moves.
    """
    checks = Checks()
    stage = checks.one_of("stage", stage, STAGES)
    reason = checks.text("reason", reason, 300, required=stage == "closed")
    checks.done()
    ids = [one.pk for one in prospects]
    locked = Prospect.objects.select_for_update(of=("self",)).filter(pk__in=ids).exclude(stage=stage)
    rows = list(locked.order_by("pk"))
    if not rows:
        raise Refused("already_there", _("Nobody moves: all of them stand there already."))
    if stage == "active":
        _link_partners(rows)
    act = new_id(now)
    _write(rows, stage, reason, act, now, by)
    alone = rows[0] if len(rows) == 1 else None
    record_change(
        actor=by, verb="move_prospect", subject_kind="prospect", subject_id=alone.pk if alone else act,
        before={"stages": {str(row.pk): row.stage for row in rows}}, after={"stage": stage}, reason=reason, now=now,
    )  # fmt: skip
    return act, len(rows)


def undo_move(program_id: UUID, act: UUID, *, now: datetime, by: str) -> int:
    """Take back what was moved at once; the history keeps it as taken back. Returns how many went back.

    Refuses what is taken back already or where every prospect has moved on since.
    """
    mine = StageChange.objects.filter(prospect__program_id=program_id, act=act, undone_at=None).exclude(from_stage="")
    changes = {one.prospect_id: one for one in mine.select_related("prospect")}
    last: dict[UUID, list[StageChange]] = {}
    known = StageChange.objects.filter(prospect_id__in=changes, undone_at=None).order_by("at", "id")
    for one in known:
        last.setdefault(one.prospect_id, []).append(one)
    back = [one for key, one in changes.items() if last[key][-1].pk == one.pk]
    if not back:
        raise Refused("nothing_to_undo", _("There is nothing to take back: it moved on since."))
    update_many(Prospect, [
        {
            "id": one.prospect_id, "stage": one.from_stage, "entered_at": one.entered_before_at,
            "closed_why": _reason_before(last[one.prospect_id]) if one.from_stage == "closed" else "",
        }
        for one in back
    ])  # fmt: skip
    StageChange.objects.filter(pk__in=[one.pk for one in back]).update(undone_at=now, undone_by=by[:200])
    record_change(
        actor=by, verb="undo_move_of_prospect", subject_kind="prospect",
        subject_id=back[0].prospect_id if len(back) == 1 else act, before={"stage": back[0].to_stage},
        after={"stages": {str(one.prospect_id): one.from_stage for one in back}}, now=now,
    )  # fmt: skip
    return len(back)


def prospect_joined(program_id: UUID, email: str, partner: Partner, *, now: datetime, by: str) -> Prospect | None:
    """Note that somebody with this address was taken in: their prospect goes to onboarding and knows its partner.

    One that is further already stays where it is. Returns the prospect, if there is one.
    """
    row = Prospect.objects.filter(program_id=program_id, email=email.lower()).exclude(email="").first()
    if row is None:
        return None
    Prospect.objects.filter(pk=row.pk).update(partner=partner)
    if row.candidate_id is not None:
        Candidate.objects.filter(pk=row.candidate_id, partner=None, is_matched_by_hand=False).update(partner=partner)
    if row.stage == "closed" or is_before(row.stage, "onboarding"):
        move_prospects([row], "onboarding", now=now, by=by)
    row.refresh_from_db()
    return row


def prospects_invited(rows: Sequence[Prospect], *, now: datetime, by: str) -> int:
    """Note that prospects were invited to apply: those that nobody contacted yet are contacted. Returns how many."""
    early = [row for row in rows if is_before(row.stage, "contacted")]
    return move_prospects(early, "contacted", reason=_("invited to apply"), now=now, by=by)[1] if early else 0


def prospect_applied(program_id: UUID, email: str, *, now: datetime) -> Prospect | None:
    """Note that somebody with this address applied: their prospect is in talks, if it was not that far."""
    row = Prospect.objects.filter(program_id=program_id, email=email.lower()).exclude(email="").first()
    if row is not None and is_before(row.stage, "talks"):
        move_prospects([row], "talks", reason=_("applied"), now=now, by=email)
        row.refresh_from_db()
    return row


def activate_sellers(now: datetime, limit: int = 100) -> int:
    """Move prospects whose partner made a first sale to *active*; safe to run twice. Returns how many moved.

    Who was closed stays closed, and who was moved back by a person after their sale stays where they were put.
    """
    mine = Credit.objects.filter(
        enrolment__program_id=OuterRef("program_id"), enrolment__is_test=False, conversion__is_test=False,
        conversion__refunded_minor__lt=F("conversion__amount_minor"), occurred_at__lte=now,
    )  # fmt: skip
    sold = Exists(mine.filter(enrolment__partner_id=OuterRef("partner_id")))
    sold_by_address = Exists(mine.filter(enrolment__partner__email=OuterRef("email")))
    taken_back = StageChange.objects.filter(prospect=OuterRef("pk"), to_stage="active")
    open_ones = Prospect.objects.exclude(stage__in=("active", "closed")).filter(~Exists(taken_back))
    found = open_ones.filter((Q(partner__isnull=False) & sold) | (Q(partner=None) & ~Q(email="") & sold_by_address))
    by_program: dict[UUID, list[Prospect]] = {}
    for row in found.order_by("pk")[:limit]:
        by_program.setdefault(row.program_id, []).append(row)
    return sum(
        move_prospects(rows, "active", reason=_("first sale"), now=now, by="hanse")[1] for rows in by_program.values()
    )


def _write(rows: Sequence[Prospect], stage: str, reason: str, act: UUID, now: datetime, by: str) -> None:
    moments = [max(now, row.entered_at + _MOMENT) for row in rows]
    StageChange.objects.bulk_create(
        StageChange(
            id=new_id(now), prospect=row, act=act, from_stage=row.stage, to_stage=stage, reason=reason, at=at,
            entered_before_at=row.entered_at, by=by[:200],
        )
        for row, at in zip(rows, moments, strict=True)
    )  # fmt: skip
    why = reason if stage == "closed" else ""
    update_many(Prospect, [
        {"id": row.pk, "stage": stage, "entered_at": at, "changed_at": at, "closed_why": why}
        for row, at in zip(rows, moments, strict=True)
    ])  # fmt: skip


def _link_partners(rows: Sequence[Prospect]) -> None:
    """Find the partner behind each prospect by address. Refuses those who are nobody's partner yet."""
    enrolled = Enrolment.objects.filter(program_id=rows[0].program_id)
    emails = [row.email for row in rows if row.email]
    by_email = dict(enrolled.filter(partner__email__in=emails).values_list("partner__email", "partner_id"))
    strangers = [row.name for row in rows if row.partner_id is None and row.email not in by_email]
    if strangers:
        message = _("Not a partner yet: %(names)s. Approve their application first, or say which partner they are.")
        raise Refused("no_partner", message % {"names": ", ".join(strangers[:5])})
    found = [{"id": row.pk, "partner_id": by_email[row.email]} for row in rows if row.partner_id is None]
    update_many(Prospect, found)


def _reason_before(changes: Sequence[StageChange]) -> str:
    return changes[-2].reason if len(changes) > 1 else ""
