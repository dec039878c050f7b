"""Verbs of the work: send a draft, say something, ask for changes, say where it is public."""

from __future__ import annotations

from datetime import date, datetime

from django.utils.translation import gettext as _

from hanse.growth.content.actions import note_piece
from hanse.growth.content.models import Piece
from hanse.growth.deliverables import rules
from hanse.growth.deliverables.actions import check_budget, put_off_minor
from hanse.growth.deliverables.letters import tell_partner, tell_team
from hanse.growth.deliverables.models import Deliverable, DeliverableComment, DeliverableDraft
from hanse.growth.deliverables.noting import locked, move_to, record, say
from hanse.growth.deliverables.types import Side
from hanse.growth.resources.files.models import StoredFile
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.spine.checks import Checks

State = Deliverable.State
MOST_DRAFTS = 50


def send_draft(
    deliverable: Deliverable, *, text: str = "", link: str = "", file: StoredFile | None = None,
    side: Side = "partner", now: datetime, by: str,
) -> DeliverableDraft:  # fmt: skip
    """Send the next version of the work, for us to answer; the newest one counts. Sending it says yes to the brief.

    Needs a text, a link or a file that was kept. The very same content again, while it waits, is the same draft. Raises
    Invalid; refuses what is settled.
    """
    row = locked(deliverable)
    checks = Checks()
    link = checks.web_address("link", link, 500)
    text = checks.text("text", text, 50_000, lines=True)
    if not (link or text or file) and not checks.problems:
        checks.refuse("text", _("Show us a text, a link or a file."), "required")
    checks.done()
    if row.state not in rules.OPEN:
        raise Refused("settled", _("This is settled: nothing of it changes any more."))
    last = row.drafts.order_by("-number").first()
    same = (text, link, file.pk if file else None)
    if last is not None and row.state == State.REVIEW and (last.text, last.link, last.file_id) == same:
        return last
    if row.draft_number >= MOST_DRAFTS:
        raise Refused("too_many", _("There are fifty drafts already. Talk to each other first."))
    made = DeliverableDraft.objects.create(
        id=new_id(now), deliverable=row, number=row.draft_number + 1, text=text, link=link, file=file, side=side,
        sent_at=now, sent_by=by[:200],
    )  # fmt: skip
    since = row.state_at if row.state == State.REVIEW else now  # a newer version does not give us more time
    move_to(row, State.REVIEW, now, draft_number=made.number, state_at=since)
    record(row, "send_deliverable_draft", "", now, by)
    if side == "partner":
        tell_team(row, "draft", now)
    deliverable.refresh_from_db()
    return made


def comment(
    deliverable: Deliverable, *, text: str, side: Side, now: datetime, by: str
) -> DeliverableComment:  # fmt: skip
    """Say something about a deliverable; the other side is told by mail. A partner's word waits for our answer."""
    row = locked(deliverable)
    checks = Checks()
    text = checks.text("text", text, 4000, required=True, lines=True)
    checks.done()
    made = say(row, side, "", text, now, by)
    if side == "partner" and row.state not in (*rules.PUT_AWAY, State.LIVE) and row.unanswered_at is None:
        row.unanswered_at = now
        row.save(update_fields=["unanswered_at"])
    elif side == "team" and row.unanswered_at is not None:
        row.unanswered_at = None
        row.save(update_fields=["unanswered_at"])
    (tell_team if side == "partner" else tell_partner)(row, "comment", now, text, f":{made.pk}")
    deliverable.refresh_from_db()
    return made


def ask_changes(
    deliverable: Deliverable, *, text: str, due_on: date | None = None, now: datetime, by: str
) -> Deliverable:
    """Say what is to change in the draft. The partner has at least as many days for it as we take for an answer, or
    until `due_on`. Raises Invalid; refuses where no draft waits, and a day that we name in a quarter whose budget does
    not allow the fee (OverBudget)."""
    row = locked(deliverable)
    checks, today = Checks(), local_day(now, row.program.time_zone)
    text = checks.text("text", text, 4000, required=True, lines=True)
    if due_on is not None and due_on < today:
        checks.refuse("due_on", _("This day is over already."), "in_the_past")
    if due_on is not None and (due_on - today).days > rules.LONGEST_DAYS:
        checks.refuse("due_on", _("At most two years, please."), "out_of_range")
    checks.done()
    if row.state != State.REVIEW:
        raise Refused("no_draft", _("No draft waits for an answer."))
    due_on = max(due_on, row.due_on) if due_on else None
    if due_on is not None:
        check_budget(row.enrolment, row.title, due_on, put_off_minor(row, due_on, now), now, by)
    say(row, "team", "changes", text, now, by)
    due_on = due_on or rules.due_again(row.due_on, today, row.answer_days)
    live_on = max(row.live_on, due_on) if row.live_on else None
    move_to(row, State.CHANGES, now, due_on=due_on, live_on=live_on)
    record(row, "ask_for_changes", text[:2000], now, by)
    tell_partner(row, "changes", now, text, f":{row.draft_number}")
    deliverable.refresh_from_db()
    return deliverable


def note_live(deliverable: Deliverable, *, address: str, side: Side = "partner", now: datetime, by: str) -> Deliverable:
    """Say where the accepted piece is public; it is one of the partner's pieces from then on. Said again, the newer
    address counts. Raises Invalid; refuses what is not accepted."""
    row = locked(deliverable)
    checks = Checks()
    address = checks.web_address("address", address, 500, required=True)
    checks.done()
    if row.state not in rules.DONE:
        raise Refused("not_accepted", _("This is not accepted."))
    if row.state == State.LIVE and row.live_address == address:
        return deliverable
    move_to(row, State.LIVE, row.state_at if row.state == State.LIVE else now, live_address=address)
    note_piece(
        row.enrolment, address=address, title=row.title, published_at=now, source=Piece.Source.DELIVERABLE, now=now,
        by=by,
    )  # fmt: skip
    record(row, "note_live_piece", address, now, by)
    if side == "partner":
        tell_team(row, "live", now, "", f":{now:%Y%m%d%H%M%S}")
    deliverable.refresh_from_db()
    return deliverable
