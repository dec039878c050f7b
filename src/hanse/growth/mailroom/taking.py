"""Taking a mail: what it is, whom it concerns, and where it goes. Each is taken once, however often it is delivered."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from hanse.growth.conversations.models import Conversation, Entry
from hanse.growth.conversations.queries import conversation_by_letter
from hanse.growth.conversations.taking import find_thread, note_outgoing, take_message
from hanse.growth.conversations.types import Said, Who
from hanse.growth.mailroom import matching
from hanse.growth.mailroom.doors import without_tag
from hanse.growth.mailroom.models import MailDoor, TakenMail
from hanse.growth.mailroom.reading import read_mail
from hanse.growth.mailroom.types import Address, ReadMail
from hanse.growth.meetings.actions import take_rsvp
from hanse.growth.mentions.actions import take_answers
from hanse.growth.mentions.rules import person_key
from hanse.growth.mentions.types import LONGEST_ANSWER, GivenAnswer
from hanse.growth.reach.actions import note_bounce, note_complaint
from hanse.growth.sends.actions import note_reply
from hanse.kernel.ids import new_id
from hanse.people.access.models import TeamUser
from hanse.programs.enrolments.models import Enrolment

Kind = TakenMail.Kind


class Outcome(NamedTuple):
    """What became of a mail."""

    kind: TakenMail.Kind
    note: str = ""
    entry: Entry | None = None


@dataclass(frozen=True, slots=True)
class _Case:
    """One mail with the door it came through and the people that it could be between."""

    mail: ReadMail
    door: MailDoor
    recipients: Sequence[str]
    now: datetime

    @property
    def is_mention(self) -> bool:
        return bool(self.door.mentions_address) and self.door.mentions_address in map(without_tag, self.recipients)

    def said(self, text: str, who: Address, channel: str = "email") -> Said:
        """Return the mail as something said."""
        mail = self.mail
        attached = [{"name": one.name, "type": one.kind, "size": one.size_bytes} for one in mail.attached]
        return Said(
            text, Who(who.name, who.email), channel, mail.subject, mail.message_id, mail.references, attached,
            mail.is_automatic, mail.is_cut,
        )  # fmt: skip


def take_mail(
    raw: bytes | ReadMail, now: datetime, *, door: MailDoor, recipients: Sequence[str] = (), via: str = "smtp"
) -> TakenMail:
    """Take one mail that came in through a program's door. The same mail again changes nothing and returns the first.

    Never raises for what is in the mail. `recipients` are those of the envelope, where there is one. Reading a hostile
    mail may take seconds: callers hand it over read already (`read_mail`), so that no lock is held meanwhile.
    """
    mail = raw if isinstance(raw, ReadMail) else read_mail(raw)
    known = TakenMail.objects.filter(program_id=door.program_id, digest=mail.digest_of).first()
    if known is not None:
        return known
    case = _Case(mail, door, [*recipients, *mail.recipients], now)
    outcome = _take(case)
    return TakenMail.objects.create(
        id=new_id(now), program_id=door.program_id, digest=mail.digest_of, kind=outcome.kind, via=via[:10],
        sender=mail.sender.email, subject=mail.subject[:200], note=outcome.note[:300], size_bytes=mail.size_bytes,
        entry=outcome.entry, taken_at=now,
    )  # fmt: skip


def _take(case: _Case) -> Outcome:
    mail = case.mail
    ways: tuple[tuple[bool, Callable[[_Case], Outcome]], ...] = (
        (bool(mail.bounced), _bounce), (mail.complained is not None, _complaint), (mail.rsvp is not None, _rsvp),
        (case.is_mention, _mention),
    )  # fmt: skip
    for fits, way in ways:
        if fits:
            return way(case)
    colleague = matching.colleague(mail.sender.email) if not mail.is_forged else None
    if colleague is not None:
        return _from_colleague(case, colleague)
    return _from_outside(case)


def _bounce(case: _Case) -> Outcome:
    """A letter of ours came back: the address of the letter's own partner is noted, whatever else the report says."""
    told = 0
    for one in case.mail.bounced:
        whose = matching.whose_letter(one.letter, case.door.program_id)
        if whose is not None and one.is_failed:
            note_bounce(matching.written_to(one.letter, whose), one.is_permanent, case.now)
            told += 1
    codes = ", ".join(f"{one.recipient} {one.status}".strip() for one in case.mail.bounced[:3])
    return Outcome(Kind.BOUNCE, codes if told else f"not one of our letters: {codes}")


def _complaint(case: _Case) -> Outcome:
    complained = case.mail.complained
    whose = matching.whose_letter(complained.letter, case.door.program_id) if complained else None
    if whose is None:
        return Outcome(Kind.COMPLAINT, "not one of our letters")
    note_complaint(matching.written_to(complained.letter if complained else "", whose), case.now)
    return Outcome(Kind.COMPLAINT, whose.email)


def _rsvp(case: _Case) -> Outcome:
    rsvp = case.mail.rsvp
    done = rsvp and take_rsvp(
        case.door.program_id, rsvp.uid, rsvp.attendee, rsvp.answer, sender=case.mail.sender.email,
        sequence=rsvp.sequence, starts_at=rsvp.starts_at, now=case.now,
    )  # fmt: skip
    none = "no invitation of ours, or to an earlier time"
    entry = _comment(case, rsvp.comment) if rsvp and rsvp.comment else None
    return Outcome(Kind.RSVP, f"{rsvp.attendee} {rsvp.answer}" if rsvp and done else none, entry)


def _comment(case: _Case, text: str) -> Entry | None:
    """Take what a partner wrote beside the answer: "at three rather?" waits for a person as any other word."""
    sender, program = case.mail.sender, case.door.program
    enrolment = matching.enrolment_by_email(program.pk, sender.email)
    if enrolment is None:
        return None
    thread = _thread(case, enrolment, sender.email)
    return take_message(program, case.said(text, sender), enrolment=enrolment, thread=thread, now=case.now)


def _mention(case: _Case) -> Outcome:
    """A colleague wrote or forwarded whom a customer named: the names on top, or else the whole of what was said."""
    mail = case.mail
    text = (mail.text or mail.quoted or mail.subject)[:LONGEST_ANSWER].strip()
    if not text:
        return Outcome(Kind.UNCLEAR, "no words")
    origin = mail.forwarded_from or mail.sender
    given = GivenAnswer(text, case.now, "support", mail.subject[:300], person_key(origin.email))
    taken = take_answers(case.door.program, [given], now=case.now, by=mail.sender.email)
    return Outcome(Kind.MENTION, f"{taken.mentions} names" if taken.new else "known already")


def _from_colleague(case: _Case, colleague: TeamUser) -> Outcome:
    """One of us forwarded a partner's mail, or sent us a copy of what they wrote to a partner."""
    mail, program = case.mail, case.door.program
    if mail.forwarded_from is not None and mail.forwarded_from.email not in case.recipients:  # else it is an answer
        enrolment = matching.enrolment_by_email(program.pk, mail.forwarded_from.email)
        said = case.said(mail.quoted or mail.text, mail.forwarded_from, "forwarded")
        thread = _thread(case, enrolment, mail.forwarded_from.email)
        entry = take_message(program, said, enrolment=enrolment, thread=thread, now=case.now)
        if mail.text and mail.quoted:
            _aside(entry, colleague, mail.text, case.now)
        return Outcome(Kind.FORWARDED, mail.forwarded_from.email, entry)
    said = case.said(mail.text, Address(colleague.name or colleague.email, colleague.email), "copy")
    entries = []
    for enrolment in {row.pk: row for row in matching.enrolments_by_email(program.pk, case.recipients)}.values():
        thread = _thread(case, enrolment, enrolment.partner.email)
        entries.append(note_outgoing(program, said, enrolment=enrolment, thread=thread, now=case.now))
    stranger = None if entries else _strangers_thread(case)
    if stranger is not None:
        entries.append(note_outgoing(program, said, thread=stranger, now=case.now))
    if not entries:
        return Outcome(Kind.UNCLEAR, "from a colleague, but no partner is named in it")
    return Outcome(Kind.COPY, ", ".join(_whom(one.conversation) for one in entries), entries[0])


def _from_outside(case: _Case) -> Outcome:
    mail, program = case.mail, case.door.program
    enrolment = matching.enrolment_by_email(program.pk, mail.sender.email)
    ids = [*mail.references]
    letters = matching.letters_in(ids)
    answered = conversation_by_letter(program.pk, ids, letters)
    noted = (note_reply(letter, case.now, is_automatic=mail.is_automatic) for letter in letters)
    sends = [send for send in noted if send is not None]
    if not mail.sender.email:
        return Outcome(Kind.UNCLEAR, "no sender")
    if enrolment is None and answered is not None and answered.conversation.partner_id:
        enrolment = answered.conversation.enrolment  # an answer from another address of theirs, in the thread we began
    if enrolment is None:
        enrolment = next((one.enrolment for one in sends if one.program_id == program.pk), None)
    thread = answered.conversation if answered and _same_people(answered.conversation, enrolment, mail) else None
    thread = thread or _thread(case, enrolment, mail.sender.email, sends=[one.pk for one in sends])
    if mail.is_automatic and thread is None:
        return Outcome(Kind.AUTOMATIC, "sent by a machine, and about nothing of ours")
    text = mail.text or (mail.quoted if not mail.references else "") or _trouble(mail)
    entry = take_message(program, case.said(text, mail.sender), enrolment=enrolment, thread=thread, now=case.now)
    is_reply = bool(answered or sends)
    kind = Kind.AUTOMATIC if mail.is_automatic else (Kind.REPLY if is_reply else Kind.MESSAGE)
    return Outcome(kind, mail.trouble, entry)


def _same_people(thread: Conversation, enrolment: Enrolment | None, mail: ReadMail) -> bool:
    if enrolment is not None:
        return bool(thread.enrolment_id == enrolment.pk)
    return thread.partner_id is None and thread.sender_email.lower() == mail.sender.email


def _thread(case: _Case, enrolment: Enrolment | None, sender: str, sends: Sequence[UUID] = ()) -> Conversation | None:
    program_id = case.door.program_id
    known = conversation_by_letter(
        program_id, [*case.mail.references, *(f"send:{pk}" for pk in sends)], matching.letters_in(case.mail.references)
    )
    if known is not None and _belongs(known.conversation, enrolment, sender):
        return known.conversation
    partner_id = enrolment.partner_id if enrolment else None
    return find_thread(program_id, partner_id, sender, case.mail.subject, case.now)


def _strangers_thread(case: _Case) -> Conversation | None:
    """Return the thread of somebody unknown that a colleague's mail to them belongs to."""
    for email in case.recipients:
        thread = _thread(case, None, email)
        if thread is not None:
            return thread
    return None


def _whom(thread: Conversation) -> str:
    return thread.partner.email if thread.partner else thread.sender_email


def _belongs(thread: Conversation, enrolment: Enrolment | None, sender: str) -> bool:
    if enrolment is not None:
        return bool(thread.enrolment_id == enrolment.pk)
    return thread.partner_id is None and thread.sender_email.lower() == sender.lower()


def _aside(entry: Entry, colleague: TeamUser, text: str, now: datetime) -> None:
    Entry.objects.create(
        id=new_id(now), conversation_id=entry.conversation_id, program_id=entry.program_id,
        direction=Entry.Direction.NOTE, channel="note", author_name=colleague.name or colleague.email,
        author_email=colleague.email, text=text, at=now,
    )  # fmt: skip


def _trouble(mail: ReadMail) -> str:
    return "" if not mail.trouble else "(This mail could not be read; it is in the box it came from.)"
