"""Conversations, meetings and thanks: what is said with partners, by whom and by when."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast

from django.http import HttpRequest
from ninja import Router, Status

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer, refer_all
from hanse.faces.api.routes.conversation_shapes import (
    AnswerIn,
    AnswerTimesList,
    AnswerTimesOut,
    ConversationChange,
    ConversationDetail,
    ConversationOut,
    ConversationPage,
    InvitedAnswer,
    InvitedOut,
    MeetingDetail,
    MeetingIn,
    MeetingOut,
    MeetingPage,
    MessageIn,
    OurSilenceList,
    OurSilenceOut,
    SaidOut,
    State,
    TalkIn,
    ThanksIn,
    ThanksOut,
)
from hanse.faces.api.values import shown_id
from hanse.growth.conversations import actions, queries
from hanse.growth.conversations.models import Conversation, Entry
from hanse.growth.conversations.silence import our_silence
from hanse.growth.conversations.taking import take_message
from hanse.growth.conversations.types import Said, Who
from hanse.growth.meetings.actions import cancel_meeting as cancel
from hanse.growth.meetings.actions import invite, plan_meeting
from hanse.growth.meetings.models import Meeting
from hanse.growth.meetings.queries import invitations_of
from hanse.growth.recognition.actions import thank
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.people.access.models import TeamUser
from hanse.people.access.queries import team
from hanse.people.partners.models import Partner
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Conversations"])
_SILENT = 500
_DAYS = 90


@router.get("/conversations", auth=READ, response=ConversationPage)
def list_conversations(
    request: HttpRequest, program: str = "", partner: str = "", status: State | None = None, cursor: Cursor = "",
    limit: Limit = PAGE,
) -> ConversationPage:  # fmt: skip
    """List conversations, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Conversation), {"program_id": (Program, program), "partner_id": (Partner, partner)})
    rows = rows.filter(status=status) if status else rows
    page, following = take_page(rows.select_related("assignee"), cursor, limit)
    return ConversationPage(data=[ConversationOut(**_values(row)) for row in page], next_cursor=following)


@router.post("/conversations", auth=WRITE, response={201: ConversationDetail})
def take_conversation(request: HttpRequest, body: MessageIn) -> Status[ConversationDetail]:
    """Take a message of a partner: routed, with the promise of the partner's tier."""
    enrolment = refer(asker(request), Enrolment, body.enrolment, "/enrolment", "partner", "program", "tier")
    who = Who(enrolment.partner.contact_name or enrolment.partner.name, enrolment.partner.email)
    said = Said(body.text, who, "portal", body.subject)
    entry = take_message(enrolment.program, said, enrolment=enrolment, now=clock.now())
    return Status(201, _detail(entry.conversation))


@router.get("/conversations/{conversation_id}", auth=READ, response=ConversationDetail)
def read_conversation(request: HttpRequest, conversation_id: str) -> ConversationDetail:
    """Read one conversation with what was said."""
    return _detail(find(asker(request), Conversation, conversation_id, "assignee"))


@router.post("/conversations/{conversation_id}/answer", auth=WRITE, response=ConversationDetail)
def answer_conversation(request: HttpRequest, conversation_id: str, body: AnswerIn) -> ConversationDetail:
    """Answer in a member's name: in the portal, and by mail in the thread."""
    row = find(asker(request), Conversation, conversation_id, "partner", "program")
    member = _member(body.member)
    actions.answer(row, text=body.text, now=clock.now(), by=member, is_mailed=body.by_mail)
    return _detail(row)


@router.patch("/conversations/{conversation_id}", auth=WRITE, response=ConversationDetail)
def change_conversation(request: HttpRequest, conversation_id: str, body: ConversationChange) -> ConversationDetail:
    """Hand over, route anew, mark as urgent, close or reopen."""
    row, values = find(asker(request), Conversation, conversation_id, "assignee"), body.given()
    if "assignee" in values:
        values["assignee"] = _member(values["assignee"], "/assignee") if values["assignee"] else None
    actions.change_conversation(row, values, now=clock.now(), by=actor(request))
    return _detail(row)


@router.post("/talks", auth=WRITE, response={201: ConversationDetail})
def log_talk(request: HttpRequest, body: TalkIn) -> Status[ConversationDetail]:
    """Note that one of us spoke with a partner: it breaks our silence."""
    enrolment = refer(asker(request), Enrolment, body.enrolment, "/enrolment", "partner", "program", "tier")
    entry = actions.log_talk(
        enrolment, how=body.how, text=body.text, at=body.at, now=clock.now(), by=_member(body.member)
    )
    return Status(201, _detail(entry.conversation))


@router.get("/answer-times", auth=READ, response=AnswerTimesList)
def read_answer_times(request: HttpRequest, program: str = "") -> AnswerTimesList:
    """Read how fast each tier got its first answers in 90 days, beside the promise."""
    row, now = own_program(asker(request), program or None, "/query/program"), clock.now()
    found = queries.answer_times(row.pk, now - timedelta(days=_DAYS), now)
    fields = AnswerTimesOut.model_fields
    return AnswerTimesList(
        days=_DAYS, data=[AnswerTimesOut(**{name: getattr(one, name) for name in fields}) for one in found]
    )


@router.get("/our-silence", auth=READ, response=OurSilenceList)
def read_our_silence(request: HttpRequest, program: str = "") -> OurSilenceList:
    """Read with whom none of us spoke within the limit of their tier, as of the last daily look."""
    row = own_program(asker(request), program or None, "/query/program")
    return OurSilenceList(data=[
        OurSilenceOut(
            enrolment=text_id("enr", one.enrolment_id), partner=text_id("prt", one.partner_id), name=one.name,
            tier=one.tier, spoken_at=one.spoken_at, days=one.days, limit_days=one.limit_days,
            value_at_stake=one.value_at_stake_minor,
        )
        for one in our_silence(row.pk, clock.now(), _SILENT)
    ])  # fmt: skip


@router.get("/meetings", auth=READ, response=MeetingPage)
def list_meetings(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> MeetingPage:
    """List meetings, those planned last first."""
    key = asker(request)
    rows = narrow(key, reach(key, Meeting), {"program_id": (Program, program)})
    page, following = take_page(rows, cursor, limit)
    return MeetingPage(data=[MeetingOut(**_meeting(row)) for row in page], next_cursor=following)


@router.post("/meetings", auth=WRITE, response={201: MeetingDetail})
def create_meeting(request: HttpRequest, body: MeetingIn) -> Status[MeetingDetail]:
    """Plan a meeting and invite: each partner gets a calendar entry of their own."""
    key, now, by = asker(request), clock.now(), actor(request)
    program = own_program(key, body.program)
    wanted = {f"/enrolments/{place}": text for place, text in enumerate(body.enrolments)}
    rows = refer_all(key, Enrolment, wanted)
    values = body.model_dump(exclude={"program", "enrolments"})
    meeting = plan_meeting(program, **values, now=now, by=by)
    invite(meeting, list(rows.values()), now=now, by=by)
    return Status(201, _meeting_detail(meeting))


@router.get("/meetings/{meeting_id}", auth=READ, response=MeetingDetail)
def read_meeting(request: HttpRequest, meeting_id: str) -> MeetingDetail:
    """Read one meeting with those invited."""
    return _meeting_detail(find(asker(request), Meeting, meeting_id))


@router.post("/meetings/{meeting_id}/cancel", auth=WRITE, response=MeetingDetail)
def cancel_meeting(request: HttpRequest, meeting_id: str) -> MeetingDetail:
    """Cancel a meeting; those who did not say no are told."""
    row = find(asker(request), Meeting, meeting_id, "program")
    cancel(row, now=clock.now(), by=actor(request))
    return _meeting_detail(row)


@router.post("/thanks", auth=WRITE, response={201: ThanksOut})
def thank_partner(request: HttpRequest, body: ThanksIn) -> Status[ThanksOut]:
    """Thank a partner; a gift is owed as a benefit until it is delivered."""
    enrolment = refer(asker(request), Enrolment, body.enrolment, "/enrolment", "partner", "program", "tier")
    row = thank(
        enrolment, kind=body.kind, text=body.text, gift=body.gift, gift_worth_minor=body.gift_worth,
        is_mailed=body.by_mail, now=clock.now(), by=_member(body.member),
    )  # fmt: skip
    return Status(201, ThanksOut(
        id=text_id("thx", row.pk), enrolment=text_id("enr", enrolment.pk), kind=row.kind, text=row.text, gift=row.gift,
        given_at=row.given_at,
    ))  # fmt: skip


def _member(email: str, pointer: str = "/member") -> TeamUser:
    """Return the member of the team with an address. Raises Invalid for nobody or somebody who left."""
    found = team().filter(email=email.strip().lower(), is_active=True).first()
    if found is None:
        raise Invalid([Problem(pointer, "There is no member of the team with this address.", "not_found")])
    return found


def _values(row: Conversation) -> dict[str, Any]:
    return {
        "id": text_id("cvs", row.pk), "program": text_id("prg", row.program_id),
        "partner": shown_id("prt", row.partner_id), "enrolment": shown_id("enr", row.enrolment_id),
        "sender_name": row.sender_name, "sender_email": row.sender_email, "subject": row.subject,
        "channel": row.channel, "status": row.status, "topic": row.topic, "is_urgent": row.is_urgent,
        "assignee": row.assignee.email if row.assignee else None, "opened_at": row.opened_at,
        "changed_at": row.changed_at, "waiting_since": row.waiting_since, "promised_at": row.promised_at,
    }  # fmt: skip


def _detail(row: Conversation) -> ConversationDetail:
    row = Conversation.objects.select_related("assignee").get(pk=row.pk)
    return ConversationDetail(**_values(row), entries=[_entry(one) for one in queries.entries_of(row.pk)])


def _entry(row: Entry) -> SaidOut:
    names = (
        "direction",
        "channel",
        "author_name",
        "author_email",
        "text",
        "at",
        "is_automatic",
        "is_cut",
        "attachments",
    )
    return SaidOut(id=text_id("ent", row.pk), **{name: getattr(row, name) for name in names})


def _meeting(row: Meeting) -> dict[str, Any]:
    names = ("kind", "title", "agenda", "place", "starts_at", "minutes", "cancelled_at", "held_at", "notes")
    values = {name: getattr(row, name) for name in names}
    return {"id": text_id("mtg", row.pk), "program": text_id("prg", row.program_id), **values}


def _meeting_detail(row: Meeting) -> MeetingDetail:
    invited = [
        InvitedOut(
            id=text_id("inv", one.pk), enrolment=text_id("enr", one.enrolment_id), was_there=one.was_there,
            answer=cast("InvitedAnswer", one.answer), answered_at=one.answered_at,
        )
        for one in invitations_of(row.pk)
    ]  # fmt: skip
    return MeetingDetail(**_meeting(row), invited=invited)
