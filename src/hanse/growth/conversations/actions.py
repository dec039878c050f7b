"""Verbs of conversations: partners ask, colleagues answer, hand over, close, and note what was said elsewhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from django.utils.translation import gettext as _

from hanse.growth.conversations import rules
from hanse.growth.conversations.letters import send_answer, send_word
from hanse.growth.conversations.models import Care, Conversation, Entry, RoutingRule
from hanse.growth.conversations.taking import note_outgoing as note_outgoing
from hanse.growth.conversations.taking import take_message as take_message
from hanse.growth.conversations.types import TALKS, Said, Who
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.people.access.models import TeamUser
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier
from hanse.spine.audit.actions import audited_save, record_change, record_creation
from hanse.spine.checks import Checks
from hanse.spine.second_click import SECOND_CLICK, made_just_now

LONGEST_QUESTION = 5_000
NOTED_BACK = timedelta(days=365)


def ask_us(
    enrolment: Enrolment, *, subject: str, text: str, conversation: Conversation | None = None, now: datetime,
    name: str, email: str,
) -> Entry:  # fmt: skip
    """Take a partner's question in the portal, new or in a thread of theirs. Raises Invalid; refuses too many."""
    checks = Checks()
    subject = checks.text("subject", subject, 200, required=conversation is None)
    text = checks.text("text", text, LONGEST_QUESTION, required=True, lines=True)
    checks.done()
    about = conversation.subject if conversation else subject
    again = _sent_again(enrolment, about, text, email, Entry.Direction.IN, now)
    if again is not None and (conversation is None or again.conversation_id == conversation.pk):
        return again
    waiting = Conversation.objects.filter(enrolment=enrolment, status=Conversation.Status.OPEN).count()
    if conversation is None and waiting >= rules.OPEN_AT_ONCE:
        raise Refused("too_many_questions", _("Many of your questions wait already; wait for our answers first."))
    said = Said(text, Who(name, email), "portal", subject)
    entry = take_message(enrolment.program, said, enrolment=enrolment, thread=conversation, now=now)
    Conversation.objects.filter(pk=entry.conversation_id).update(read_by_partner_at=now)
    return entry


def answer(conversation: Conversation, *, text: str, now: datetime, by: TeamUser, is_mailed: bool = True) -> Entry:
    """Answer: it stands in the partner's portal and goes by mail into the thread of their own letters.

    Somebody without a record is answered by mail only. Raises Invalid; refuses where there is nobody to write to, or
    the address bounced for good (without `is_mailed` the portal alone has it). The same words of the same person within
    a minute are a second click: they go out once.
    """
    checks = Checks()
    text = checks.text("text", text, LONGEST_QUESTION * 4, required=True, lines=True)
    checks.done()
    row = Conversation.objects.select_for_update(of=("self",)).get(pk=conversation.pk)
    again = _just_said(row, text, by, now)
    if again is not None:
        return again
    if row.partner_id is None and not row.sender_email:
        raise Refused("nobody_to_answer", _("There is no address to answer to. Say first which partner this is."))
    letter_id = send_answer(row, text, now, by) if is_mailed or row.partner_id is None else None
    channel = "email" if letter_id else "portal"
    said = Said(text, Who(by.name or by.email, by.email), channel)
    entry = note_outgoing(row.program, said, thread=row, letter_id=letter_id, now=now)
    _record(row, "answer_conversation", by.email, now)
    if row.assignee_id is None:
        Conversation.objects.filter(pk=row.pk).update(assignee=by)
    return entry


def write_first(enrolment: Enrolment, *, subject: str, text: str, now: datetime, by: TeamUser) -> Entry:
    """Begin a conversation from our side: a note by mail that counts into what the partner gets, and in the portal."""
    again = _sent_again(enrolment, subject, text.strip(), by.email, Entry.Direction.OUT, now)
    if again is not None:
        return again
    known_by = send_word(enrolment, subject, text, now, by)
    said = Said(text.strip(), Who(by.name or by.email, by.email), "email", subject.strip(), message_id=known_by)
    entry = note_outgoing(enrolment.program, said, enrolment=enrolment, now=now)
    _record(entry.conversation, "begin_conversation", by.email, now)
    return entry


def log_talk(
    enrolment: Enrolment, *, how: str, text: str, at: datetime | None = None, now: datetime, by: TeamUser
) -> Entry:
    """Note that one of us spoke with a partner: a call, a meeting, a mail sent elsewhere. Raises Invalid."""
    checks, spoken_at = Checks(), at or now
    how = checks.one_of("how", how, TALKS)
    text = checks.text("text", text, LONGEST_QUESTION, required=True, lines=True)
    if not now - NOTED_BACK <= spoken_at <= now:
        checks.refuse("at", _("A talk lies in the last year, not ahead."), "out_of_range")
    checks.done()
    channel = {"email": "copy"}.get(how, how)
    said = Said(text, Who(by.name or by.email, by.email), channel)
    entry = note_outgoing(enrolment.program, said, enrolment=enrolment, now=spoken_at)
    Conversation.objects.filter(pk=entry.conversation_id).update(status=Conversation.Status.CLOSED, closed_at=now)
    _record(entry.conversation, "log_talk", by.email, now)
    return entry


def add_aside(conversation: Conversation, *, text: str, now: datetime, by: TeamUser) -> Entry:
    """Write something for colleagues into a thread; the partner never sees it. Raises Invalid."""
    checks = Checks()
    text = checks.text("text", text, LONGEST_QUESTION, required=True, lines=True)
    checks.done()
    return Entry.objects.create(
        id=new_id(now), conversation=conversation, program_id=conversation.program_id, direction=Entry.Direction.NOTE,
        channel="note", author_name=by.name or by.email, author_email=by.email, text=text, at=now,
    )  # fmt: skip


def change_conversation(conversation: Conversation, values: Mapping[str, object], *, now: datetime, by: str) -> bool:
    """Hand over (`assignee`), route anew (`topic`), mark (`is_urgent`), close or reopen (`status`). Raises Invalid."""
    checks, wanted = Checks(), dict(values)
    if "topic" in wanted:
        checks.one_of("topic", str(wanted["topic"]), Conversation.Topic.values)
    if "status" in wanted:
        checks.one_of("status", str(wanted["status"]), Conversation.Status.values)
    assignee = wanted.get("assignee")
    if isinstance(assignee, TeamUser) and (assignee.role == TeamUser.Role.PARTNER or not assignee.is_active):
        checks.refuse("assignee", _("Choose a member of the team."), "not_an_option")
    checks.done()
    if "status" in wanted:
        is_closed = wanted["status"] == Conversation.Status.CLOSED
        wanted |= {"closed_at": now if is_closed else None}
        if wanted["status"] != Conversation.Status.OPEN:
            wanted |= {"waiting_since": None, "promised_at": None, "is_urgent": False}
            still = Entry.objects.filter(conversation=conversation, answered_at=None, promised_at__gt=now)
            still.update(promised_at=None)  # a promise that was broken already stays broken
    return audited_save(conversation, wanted, actor=by, verb="change_conversation", now=now)


def name_partner(conversation: Conversation, enrolment: Enrolment, *, now: datetime, by: str) -> None:
    """Say which partner somebody unknown is. Refuses a thread of a partner, and one of another program."""
    if conversation.partner_id is not None:
        raise Refused("partner_known", _("It is known already whose conversation this is."))
    if enrolment.program_id != conversation.program_id:
        raise Refused("other_program", _("This partner is in another program."))
    values: dict[str, object] = {"partner": enrolment.partner, "enrolment": enrolment}
    audited_save(conversation, values, actor=by, verb="name_partner", now=now)
    Entry.objects.filter(conversation=conversation, tier=None).update(tier=enrolment.tier_id)


def set_care(tier: Tier, *, answer_hours: int, silence_days: int, is_urgent: bool, now: datetime, by: str) -> Care:
    """Promise a tier an answer within hours, and set after how many days without a word from us we are told."""
    checks = Checks()
    checks.whole_number("answer_hours", answer_hours, 1, 720)
    checks.whole_number("silence_days", silence_days, 1, 730)
    checks.done()
    values = {"answer_hours": answer_hours, "silence_days": silence_days, "is_urgent": is_urgent}
    row = Care.objects.filter(tier=tier).first()
    if row is None:
        row = Care.objects.create(id=new_id(now), tier=tier, **values)
        record_creation(row, actor=by, verb="set_care", fields=tuple(values), now=now)
    else:
        audited_save(row, values, actor=by, verb="set_care", now=now)
    return row


def add_rule(
    program: Program, *, name: str, condition: object, topic: str, assignee: TeamUser | None = None,
    is_urgent: bool = False, now: datetime, by: str,
) -> RoutingRule:  # fmt: skip
    """Add a routing rule after those that are there; the first that holds decides. Raises Invalid with the place."""
    checks = Checks()
    name = checks.text("name", name, 80, required=True)
    checks.one_of("topic", topic, Conversation.Topic.values)
    rules.read_rule(condition, checks.problems)
    rows = RoutingRule.objects.filter(program=program)
    if rows.count() >= rules.MOST_RULES:
        checks.refuse("", _("At most %(limit)d rules, please.") % {"limit": rules.MOST_RULES}, "too_many")
    checks.done()
    last = rows.order_by("-position").values_list("position", flat=True).first() or 0
    row = RoutingRule.objects.create(
        id=new_id(now), program=program, position=last + 1, name=name, condition=condition, topic=topic,
        assignee=assignee, is_urgent=is_urgent,
    )  # fmt: skip
    record_creation(row, actor=by, verb="add_routing_rule", fields=("name", "condition", "topic"), now=now)
    return row


def remove_rule(rule: RoutingRule, *, now: datetime, by: str) -> None:
    """Take a routing rule away; threads that it routed stay where they are."""
    record_change(
        actor=by, verb="remove_routing_rule", subject_kind="routingrule", subject_id=rule.pk,
        before={"name": rule.name, "condition": rule.condition, "topic": rule.topic}, after={}, now=now,
    )  # fmt: skip
    rule.delete()


def seen_by_partner(conversation: Conversation, now: datetime) -> None:
    """Note that the partner has read a thread up to now."""
    Conversation.objects.filter(pk=conversation.pk).update(read_by_partner_at=now)


def _sent_again(
    enrolment: Enrolment, subject: str, text: str, email: str, direction: str, now: datetime
) -> Entry | None:  # fmt: skip
    """Return what the same person wrote with the same words within the minute: a form that was sent by two clicks."""
    rows = Entry.objects.filter(
        conversation__enrolment=enrolment, conversation__subject=rules.plain_subject(subject), direction=direction,
        author_email=email,
    )  # fmt: skip
    last = made_just_now(rows.select_related("conversation"), "at", now, turn_of=enrolment)
    return last if last is not None and last.text == text else None


def _just_said(row: Conversation, text: str, by: TeamUser, now: datetime) -> Entry | None:
    """Return what the same person has said in the same words just now, if it is the last thing in the thread."""
    last = Entry.objects.filter(conversation=row).order_by("-at", "-id").first()
    if last is None or last.direction != Entry.Direction.OUT or last.author_email != by.email:
        return None
    return last if last.text == text and now - last.at < SECOND_CLICK else None


def _record(row: Conversation, verb: str, by: str, now: datetime) -> None:
    record_change(
        actor=by, verb=verb, subject_kind="conversation", subject_id=row.pk, before={},
        after={"partner": row.partner_id, "subject": row.subject}, now=now,
    )  # fmt: skip
