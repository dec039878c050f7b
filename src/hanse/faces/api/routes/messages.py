"""Letters with their versions and previews, the shipped library, audiences, and incidents that partners are told of."""

from __future__ import annotations

from typing import Any, cast

from django.http import HttpRequest
from ninja import Router, Status

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.routes.message_shapes import (
    AudienceAskIn,
    AudienceChange,
    AudienceDetail,
    AudienceIn,
    AudienceOut,
    AudiencePage,
    ContentIn,
    ContentsIn,
    LetterKindName,
    LetterPreviewIn,
    LetterPreviewOut,
    LetterSendIn,
    LibraryOut,
    MeantOut,
    MessageChange,
    MessageDetail,
    MessageOut,
    MessagePage,
    NewMessageIn,
    ShippedOut,
    TextCheckOut,
    TextPlaceOut,
    ToldFactOut,
    ToldOut,
)
from hanse.growth.audiences.actions import archive_audience, keep_audience
from hanse.growth.audiences.models import Audience
from hanse.growth.audiences.queries import Meant, meant_by, read_condition
from hanse.growth.audiences.sending import read_occasion, send_to_audience
from hanse.growth.templates.actions import archive_message, check_contents, keep_message
from hanse.growth.templates.library import shipped
from hanse.growth.templates.models import MessageTemplate, MessageVersion
from hanse.growth.templates.previews import preview_of
from hanse.growth.templates.queries import latest_version, latest_versions
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Messages"])


@router.get("/message-library", auth=READ, response=LibraryOut)
def list_library(request: HttpRequest) -> LibraryOut:
    """List the shipped letters with their texts."""
    asker(request)
    return LibraryOut(
        data=[
            ShippedOut(
                key=one.key, name=one.name, kind=_kind(one.kind), tiers=list(one.tiers), when=one.when,
                contents={code: dict(content) for code, content in one.contents.items()},
            )
            for one in shipped()
        ]
    )  # fmt: skip


@router.post("/messages", auth=WRITE, response={201: MessageDetail})
def create_message(request: HttpRequest, body: NewMessageIn) -> Status[MessageDetail]:
    """Keep a letter. What cannot be is refused with its line and column."""
    program = own_program(asker(request), body.program)
    version = keep_message(
        program, name=body.name, kind=body.kind, contents=_contents(body.contents), now=clock.now(), by=actor(request)
    )
    return Status(201, _detail(version))


@router.get("/messages", auth=READ, response=MessagePage)
def list_messages(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> MessagePage:
    """List letters, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, MessageTemplate), {"program_id": (Program, program)})
    page, following = take_page(rows, cursor, limit)
    newest = latest_versions([row.pk for row in page])
    return MessagePage(data=[MessageOut(**_shown(newest[row.pk])) for row in page], next_cursor=following)


@router.post("/messages/preview", auth=READ, response=TextCheckOut)
def check_message(request: HttpRequest, body: ContentsIn) -> TextCheckOut:
    """Check texts without keeping them: every problem with language, field, line and column."""
    asker(request)
    found = check_contents(_contents(body.contents))
    return TextCheckOut(
        problems=[
            TextPlaceOut(
                language=language, field=field, line=one.line, column=one.column, code=one.code, message=one.message
            )
            for (language, field), places in found.items()
            for one in places
        ]
    )


@router.get("/messages/{message_id}", auth=READ, response=MessageDetail)
def read_message(request: HttpRequest, message_id: str) -> MessageDetail:
    """Read a letter with the texts of its newest version."""
    return _detail(latest_version(find(asker(request), MessageTemplate, message_id).pk))


@router.patch("/messages/{message_id}", auth=WRITE, response=MessageDetail)
def change_message(request: HttpRequest, message_id: str, body: MessageChange) -> MessageDetail:
    """Keep a new version of a letter; what was sent with the old one stays."""
    row = find(asker(request), MessageTemplate, message_id, "program")
    given, before = body.given(), latest_version(row.pk)
    version = keep_message(
        row.program, name=given.get("name", row.name), kind=given.get("kind", row.kind),
        contents=_contents(body.contents) if "contents" in given else before.contents, now=clock.now(),
        by=actor(request), instead_of=row,
    )  # fmt: skip
    return _detail(version)


@router.post("/messages/{message_id}/preview", auth=READ, response=LetterPreviewOut)
def preview_message(request: HttpRequest, message_id: str, body: LetterPreviewIn) -> LetterPreviewOut:
    """Fill a letter for one partner without sending it."""
    key = asker(request)
    version = latest_version(find(key, MessageTemplate, message_id).pk)
    reader = refer(key, Enrolment, body.enrolment, "/enrolment")
    found = preview_of(version, reader.pk, clock.now(), language=body.language)
    letter = found.rendered
    told = [
        ToldFactOut(kind=_kind(one.kind), n=one.n, period_from=one.period_from, period_to=one.period_to, page=one.page)
        for one in found.notes
    ]
    return LetterPreviewOut(
        subject=letter.subject, text=letter.text, html=letter.html, language=letter.language, is_empty=letter.is_empty,
        told=told, left_out=list(found.dropped),
    )  # fmt: skip


@router.post("/messages/{message_id}/send", auth=WRITE, response=ToldOut)
def send_message(request: HttpRequest, message_id: str, body: LetterSendIn) -> ToldOut:
    """Plan a letter for whoever an audience means now; the same version goes to the same audience once a day."""
    key = asker(request)
    row = find(key, MessageTemplate, message_id, "program")
    audience = refer(key, Audience, body.audience, "/audience") if body.audience else None
    if audience is not None and audience.program_id != row.program_id:
        raise Invalid([Problem("/audience", "This audience belongs to another program.", "not_found")])
    occasion = read_occasion(body.occasion.model_dump()) if body.occasion else None
    count = send_to_audience(row, audience, occasion=occasion, due_at=body.due_at, now=clock.now(), by=actor(request))
    return ToldOut(letters=count)


@router.post("/messages/{message_id}/archive", auth=WRITE, response=MessageDetail)
def archive_a_message(request: HttpRequest, message_id: str) -> MessageDetail:
    """Put a letter away; what was sent with it stays."""
    row = find(asker(request), MessageTemplate, message_id)
    archive_message(row, now=clock.now(), by=actor(request))
    return _detail(latest_version(row.pk))


@router.post("/audiences", auth=WRITE, response={201: AudienceDetail})
def create_audience(request: HttpRequest, body: AudienceIn) -> Status[AudienceDetail]:
    """Keep an audience."""
    program = own_program(asker(request), body.program)
    row = keep_audience(program, name=body.name, condition=body.condition, now=clock.now(), by=actor(request))
    return Status(201, _audience(row))


@router.get("/audiences", auth=READ, response=AudiencePage)
def list_audiences(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> AudiencePage:
    """List audiences, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Audience), {"program_id": (Program, program)})
    page, following = take_page(rows, cursor, limit)
    return AudiencePage(data=[AudienceOut(**_kept(row)) for row in page], next_cursor=following)


@router.post("/audiences/preview", auth=READ, response=MeantOut)
def preview_audience(request: HttpRequest, body: AudienceAskIn) -> MeantOut:
    """Say whom a condition means now. Nothing is stored."""
    program = own_program(asker(request), body.program)
    return _meant(meant_by(program.pk, read_condition(body.condition), clock.now()))


@router.get("/audiences/{audience_id}", auth=READ, response=AudienceDetail)
def read_audience(request: HttpRequest, audience_id: str) -> AudienceDetail:
    """Read an audience with whom it means now."""
    return _audience(find(asker(request), Audience, audience_id))


@router.patch("/audiences/{audience_id}", auth=WRITE, response=AudienceDetail)
def change_audience(request: HttpRequest, audience_id: str, body: AudienceChange) -> AudienceDetail:
    """Change an audience; what is sent later asks the new condition."""
    row, given = find(asker(request), Audience, audience_id, "program"), body.given()
    values = {"name": given.get("name", row.name), "condition": given.get("condition", row.condition)}
    return _audience(keep_audience(row.program, now=clock.now(), by=actor(request), instead_of=row, **values))


@router.post("/audiences/{audience_id}/archive", auth=WRITE, response=AudienceDetail)
def archive_an_audience(request: HttpRequest, audience_id: str) -> AudienceDetail:
    """Put an audience away."""
    row = find(asker(request), Audience, audience_id)
    archive_audience(row, now=clock.now(), by=actor(request))
    return _audience(row)


def _kind(text: str) -> LetterKindName:
    return cast("LetterKindName", text)


def _contents(contents: dict[str, ContentIn]) -> dict[str, dict[str, str]]:
    return {code: content.model_dump() for code, content in contents.items()}


def _shown(version: MessageVersion) -> dict[str, Any]:
    row = version.template
    return {
        "id": text_id("msg", row.pk), "program": text_id("prg", row.program_id), "name": row.name, "kind": row.kind,
        "version": version.number, "languages": list(version.contents), "library_key": row.library_key,
        "created_at": row.created_at, "archived_at": row.archived_at,
    }  # fmt: skip


def _detail(version: MessageVersion) -> MessageDetail:
    return MessageDetail(**_shown(version), contents=version.contents)


def _kept(row: Audience) -> dict[str, Any]:
    return {
        "id": text_id("aud", row.pk), "program": text_id("prg", row.program_id), "name": row.name,
        "condition": row.condition, "created_at": row.created_at, "archived_at": row.archived_at,
    }  # fmt: skip


def _audience(row: Audience) -> AudienceDetail:
    meant = meant_by(row.program_id, read_condition(row.condition), clock.now())
    return AudienceDetail(**_kept(row), now=_meant(meant))


def _meant(meant: Meant) -> MeantOut:
    return MeantOut(count=meant.count, of=meant.of, sample=[text_id("enr", one.pk) for one in meant.sample])
