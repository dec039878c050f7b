"""Proven examples: pieces that sold well, shown to other partners while their author agrees."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from hanse.growth.content.models import Piece
from hanse.growth.prompts.models import Example, Prompt
from hanse.growth.reach.queries import may_write
from hanse.growth.roadmap.blocking import refuse_mentions
from hanse.growth.templates.models import LetterKind
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks
from hanse.spine.outbox.actions import portal_address
from hanse.spine.outbox.letters import Letter, send_letter

_SHOWN_STATUSES = (Enrolment.Status.ACTIVE, Enrolment.Status.PAUSED)
State = Example.State


def ask_consent(piece: Piece, *, why: str, prompt: Prompt | None = None, now: datetime, by: str) -> Example:
    """Ask a piece's author whether other partners may see it, by a letter and in their portal. `why` is what we like
    about it: the author reads it, and once they agree the others do.

    Raises Invalid, also for words that mention an embargo; refuses a piece that is not about us, one that was asked
    about and not answered, and one whose author said no: a no stays.
    """
    checks = Checks()
    why = checks.text("why", why, 500, required=True, lines=True)
    if prompt is not None and prompt.program_id != piece.program_id:
        checks.refuse("prompt", _("This belongs to another program."), "other_program")
    refuse_mentions(checks, piece.program_id, {"why": why}, now)
    checks.done()
    known = Example.objects.filter(piece=piece).first()
    if known is not None:
        raise Refused(f"{known.state}_already", _KNOWN[State(known.state)]())
    enrolment = Enrolment.objects.select_related("partner", "program").get(pk=piece.enrolment_id)
    if enrolment.status not in _SHOWN_STATUSES or piece.hidden_at is not None:
        raise Refused("not_active", _("Its author is not an active partner, or the piece is hidden."))
    if piece.about == Piece.About.OTHER:
        raise Refused("not_about_us", _("This piece is not about us: it is no example of how we are shown."))
    row = Example.objects.create(
        id=new_id(now), program_id=piece.program_id, enrolment=enrolment, piece=piece, prompt=prompt, why=why,
        asked_at=now, asked_by=by[:200],
    )  # fmt: skip
    record_creation(row, actor=by, verb="ask_consent", fields=("piece_id", "enrolment_id", "why"), now=now)
    _ask_by_letter(row, enrolment, now)
    return row


def give_consent(
    example: Example, *, shown_name: str, shows_numbers: bool, evidence: str = "", now: datetime, by: str
) -> Example:
    """Let the author agree, also after an earlier no, and say how they are named. `evidence` is how they said so, where
    somebody else writes it down. Raises Invalid; refuses what we do not ask for any more."""
    checks = Checks()
    shown_name = checks.text("shown_name", shown_name, 80, required=True)
    checks.done()
    if example.ended_at is not None:
        raise Refused("ended", _("We do not show this any more. Thank you all the same."))
    values = {
        "state": State.AGREED, "shown_name": shown_name, "shows_numbers": bool(shows_numbers), "answered_at": now
    }  # fmt: skip
    audited_save(example, values, actor=by, verb="give_consent", reason=evidence, now=now)
    return example


def refuse_consent(example: Example, *, evidence: str = "", now: datetime, by: str) -> Example:
    """Let the author say no, or take their consent back: from this moment nobody sees it."""
    taken_back = example.state == State.AGREED
    values = {"state": State.WITHDRAWN if taken_back else State.DECLINED, "answered_at": now}
    if example.state not in (State.DECLINED, State.WITHDRAWN):
        verb = "take_consent_back" if taken_back else "decline_consent"
        audited_save(example, values, actor=by, verb=verb, reason=evidence, now=now)
    return example


def end_example(example: Example, *, now: datetime, by: str) -> Example:
    """Show an example no more, or stop asking for it."""
    if example.ended_at is None:
        audited_save(example, {"ended_at": now, "ended_by": by[:200]}, actor=by, verb="end_example", now=now)
    return example


def show_again(example: Example, *, now: datetime, by: str) -> Example:
    """Show an example again that was ended; only with its author's consent, which still stands."""
    if example.state not in (State.AGREED, State.ASKED):
        raise Refused("no_consent", _("Its author does not agree."))
    audited_save(example, {"ended_at": None, "ended_by": ""}, actor=by, verb="show_example_again", now=now)
    return example


def examples_in(program_id: UUID) -> QuerySet[Example]:
    """Return everything that was asked in a program, the latest first."""
    rows = Example.objects.filter(program_id=program_id)
    return rows.select_related("piece", "enrolment__partner", "prompt").order_by("-asked_at", "-id")


def examples_shown(program_id: UUID, *, but_of: UUID | None = None, limit: int = 6) -> list[Example]:
    """Return what partners may see: agreed, not ended, its author still with us; what sold most in front. One query."""
    rows = Example.objects.filter(
        program_id=program_id, state=State.AGREED, ended_at=None, enrolment__status__in=_SHOWN_STATUSES,
        enrolment__partner__archived_at=None, piece__hidden_at=None,
    )  # fmt: skip
    if but_of is not None:
        rows = rows.exclude(enrolment_id=but_of)
    return list(rows.select_related("piece", "prompt").order_by("-piece__value_minor", "-piece__clicks", "id")[:limit])


def examples_of(enrolment_id: UUID) -> list[Example]:
    """Return what a partner was asked about and may still answer, what waits for an answer in front. One query."""
    rows = Example.objects.filter(enrolment_id=enrolment_id, ended_at=None).select_related("piece", "program")
    return sorted(rows, key=lambda one: (one.state != State.ASKED, -one.asked_at.timestamp()))


def proposals_for(program_id: UUID, pieces: Sequence[Piece]) -> list[Piece]:
    """Return those of a program's best pieces that nobody asked about yet; whole websites are no pieces. One query."""
    asked = _asked([piece.pk for piece in pieces])
    return [piece for piece in pieces if piece.pk not in asked and piece.source != Piece.Source.REFERRER]


def _asked(piece_ids: Collection[UUID]) -> set[UUID]:
    return set(Example.objects.filter(piece_id__in=list(piece_ids)).values_list("piece_id", flat=True))


_KNOWN = {
    State.ASKED: lambda: _("Its author was asked and has not answered yet."),
    State.AGREED: lambda: _("Its author agreed already."),
    State.DECLINED: lambda: _("Its author said no, and that stays."),
    State.WITHDRAWN: lambda: _("Its author took the consent back, and that stays."),
}


def _ask_by_letter(row: Example, enrolment: Enrolment, now: datetime) -> None:
    partner, program = enrolment.partner, enrolment.program
    if partner.pk not in may_write([partner.pk], str(LetterKind.TRANSACTIONAL)):
        return
    with translation.override(partner.language):
        letter = Letter(
            subject=_("May we show “%(title)s” to other partners?") % {"title": row.piece.title},
            paragraphs=(
                _("Hello %(name)s,") % {"name": (partner.contact_name or partner.name).split(" ")[0]},
                _("Your piece works, and others could learn from it. May we show it to them?"),
                f"“{row.why}”",
                _("You say how you are named, and whether its numbers may stand there. You can say no at any time."),
            ),
            link_label=_("Yes or no"), link=portal_address("/p/calendar#examples", program.slug), sender=program.name,
            kicker=_("partner program"),
        )  # fmt: skip
    send_letter(letter, f"example:{row.pk}", to=partner.email, language=partner.language, now=now)
