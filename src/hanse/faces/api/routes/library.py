"""Files and the library: uploads that are checked, resources with versions and readers, what they are used for."""

from __future__ import annotations

import base64
import binascii
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router, Status

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.routes.days import day_of
from hanse.faces.api.routes.library_shapes import (
    OfferedResource,
    OfferedResources,
    ResourceChange,
    ResourceContent,
    ResourceIn,
    ResourceKind,
    ResourceOut,
    ResourcePage,
    ResourceUsage,
    ResourceUseIn,
    ResourceVersionIn,
    ResourceVersionOut,
    ResourceVersions,
    StoredFileIn,
    StoredFileOut,
    file_out,
    resource_fields,
    usage_out,
    version_out,
)
from hanse.growth.resources import actions
from hanse.growth.resources.content import Content
from hanse.growth.resources.files.actions import keep_prepared, prepare_file
from hanse.growth.resources.files.models import StoredFile
from hanse.growth.resources.models import Resource
from hanse.growth.resources.queries import library_for, offered_to, target_of, versions_of
from hanse.growth.resources.types import Target
from hanse.growth.resources.usage import usage_of
from hanse.kernel import clock
from hanse.kernel.clock import local_day
from hanse.kernel.errors import Invalid, NotFound, Problem
from hanse.kernel.ids import text_id
from hanse.people.access.models import ApiKey
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program

router = Router(tags=["Resources"])
_WITH = ("program", "current__file")


@router.post("/files", auth=WRITE, response={201: StoredFileOut})
def keep_a_file(request: HttpRequest, body: StoredFileIn) -> Status[StoredFileOut]:
    """Keep a file, checked by what it is. Scripts, macros, bombs and unknown kinds are refused with the reason."""
    program = own_program(asker(request), body.program)
    try:
        content = base64.b64decode(body.content, validate=True)
    except (binascii.Error, ValueError) as error:
        raise Invalid([Problem("/content", _("This is not base64."), "bad_base64")]) from error
    prepared = prepare_file(body.name, content)  # may take its time: nothing is locked meanwhile
    with transaction.atomic():
        row = keep_prepared(prepared, program=program, by=actor(request), now=clock.now())
    return Status(201, file_out(row))


@router.get("/files/{file_id}", auth=READ, response=StoredFileOut)
def read_a_file(request: HttpRequest, file_id: str) -> StoredFileOut:
    """Read what a file is, and an address at which it opens."""
    return file_out(find(asker(request), StoredFile, file_id))


@router.get("/resources", auth=READ, response=ResourcePage)
def list_resources(
    request: HttpRequest, program: str = "", kind: ResourceKind | None = None, cursor: Cursor = "", limit: Limit = PAGE
) -> ResourcePage:
    """List resources, those put away too, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, Resource).select_related(*_WITH), {"program_id": (Program, program)})
    page, following = take_page(rows.filter(kind=kind) if kind else rows, cursor, limit)
    return ResourcePage(data=[ResourceOut(**resource_fields(row)) for row in page], next_cursor=following)


@router.post("/resources", auth=WRITE, response={201: ResourceOut})
def create_resource(request: HttpRequest, body: ResourceIn) -> Status[ResourceOut]:
    """Add a resource; partners see it at once."""
    key = asker(request)
    program = own_program(key, body.program)
    row = actions.add_resource(
        program, body.kind, _content(key, body), Target(body.tiers, body.types, body.channels, body.language),
        expires_on=day_of(body.expires_on, "/expires_on") if body.expires_on else None, is_pinned=body.is_pinned,
        original=refer(key, Resource, body.original, "/original") if body.original else None, now=clock.now(),
        by=actor(request),
    )  # fmt: skip
    return Status(201, ResourceOut(**resource_fields(row)))


@router.get("/resources/{resource_id}", auth=READ, response=ResourceOut)
def read_resource(request: HttpRequest, resource_id: str) -> ResourceOut:
    """Read one resource."""
    return ResourceOut(**resource_fields(find(asker(request), Resource, resource_id, *_WITH)))


@router.patch("/resources/{resource_id}", auth=WRITE, response=ResourceOut)
def change_a_resource(request: HttpRequest, resource_id: str, body: ResourceChange) -> ResourceOut:
    """Say anew what a resource is, for whom and until when."""
    row = find(asker(request), Resource, resource_id, *_WITH, "original")
    given: dict[str, Any] = body.given()
    known = target_of(row)
    if "expires_on" in given:
        given["expires_on"] = day_of(given["expires_on"], "/expires_on") if given["expires_on"] else None
    actions.change_resource(
        row, kind=given.get("kind", row.kind), expires_on=given.get("expires_on", row.expires_on),
        is_pinned=given.get("is_pinned", row.is_pinned), now=clock.now(), by=actor(request), target=Target(
            given.get("tiers", known.tiers), given.get("types", known.types), given.get("channels", known.channels),
            given.get("language", known.language),
        ),
    )  # fmt: skip
    return ResourceOut(**resource_fields(row))


@router.post("/resources/{resource_id}/versions", auth=WRITE, response={201: ResourceVersionOut})
def add_resource_version(request: HttpRequest, resource_id: str, body: ResourceVersionIn) -> Status[ResourceVersionOut]:
    """Give a resource a new version, which partners see from now on; the same content again is no new one."""
    key = asker(request)
    row = find(key, Resource, resource_id, *_WITH)
    version = actions.add_version(row, _content(key, body, body.note), now=clock.now(), by=actor(request))
    return Status(201, version_out(version))


@router.get("/resources/{resource_id}/versions", auth=READ, response=ResourceVersions)
def list_resource_versions(request: HttpRequest, resource_id: str) -> ResourceVersions:
    """List a resource's versions, the newest first."""
    row = find(asker(request), Resource, resource_id)
    return ResourceVersions(data=[version_out(one) for one in versions_of(row.pk)[:200]])


@router.post("/resources/{resource_id}/archive", auth=WRITE, response=ResourceOut)
def archive_a_resource(request: HttpRequest, resource_id: str) -> ResourceOut:
    """Take a resource from partners."""
    row = find(asker(request), Resource, resource_id, *_WITH)
    actions.archive_resource(row, now=clock.now(), by=actor(request))
    return ResourceOut(**resource_fields(row))


@router.post("/resources/{resource_id}/restore", auth=WRITE, response=ResourceOut)
def restore_a_resource(request: HttpRequest, resource_id: str) -> ResourceOut:
    """Bring a resource back."""
    row = find(asker(request), Resource, resource_id, *_WITH)
    actions.restore_resource(row, now=clock.now(), by=actor(request))
    return ResourceOut(**resource_fields(row))


@router.post("/resources/{resource_id}/uses", auth=WRITE, response=ResourceUsage)
def note_resource_use(request: HttpRequest, resource_id: str, body: ResourceUseIn) -> ResourceUsage:
    """Count what a partner did with a resource elsewhere. What is not for them does not exist for them."""
    key = asker(request)
    row = find(key, Resource, resource_id, *_WITH)
    enrolment = refer(key, Enrolment, body.enrolment, "/enrolment", "partner", "program", "tier")
    if offered_to(enrolment, row.pk, clock.now()) is None:
        raise NotFound("resource")
    actions.note_uses([row], enrolment, body.act, now=clock.now())
    return _usage(row)


@router.get("/resources/{resource_id}/usage", auth=READ, response=ResourceUsage)
def read_resource_usage(request: HttpRequest, resource_id: str) -> ResourceUsage:
    """Read what became of a resource, down to sales."""
    return _usage(find(asker(request), Resource, resource_id, "program"))


@router.get("/enrolments/{enrolment_id}/resources", auth=READ, response=OfferedResources)
def list_offered_resources(request: HttpRequest, enrolment_id: str) -> OfferedResources:
    """List what a partner may take of the library, what suits them best first, each thing once in their language."""
    row = find(asker(request), Enrolment, enrolment_id, "partner", "program", "tier")
    return OfferedResources(data=[
        OfferedResource(**resource_fields(one.resource), taken_version=one.taken_number, is_new=one.is_new)
        for one in library_for(row, clock.now())
    ])  # fmt: skip


def _usage(row: Resource) -> ResourceUsage:
    today = local_day(clock.now(), row.program.time_zone)
    return usage_out(text_id("res", row.pk), usage_of([row.pk], today)[row.pk])


def _content(key: ApiKey, body: ResourceContent, note: str = "") -> Content:
    file = refer(key, StoredFile, body.file, "/file") if body.file else None
    return Content(body.title, body.summary, body.text, body.address, file, note)
