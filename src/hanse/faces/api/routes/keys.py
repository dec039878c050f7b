"""Keys: who may call this API."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import ALL, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, own_program, reach
from hanse.faces.api.values import Input, Instant, Output, Page, Text, shown_id
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.people.access import keys as actions
from hanse.people.access.models import ApiKey

router = Router(tags=["Keys"])
Scope = Literal["read", "write", "facts:write", "all"]


class KeyOut(Output):
    """A key; `prefix` is how its secret begins."""

    id: str
    name: str
    prefix: str
    scopes: list[str]
    program: str | None
    created_by: str
    created_at: Instant
    last_used_at: Instant | None
    revoked_at: Instant | None


class NewKeyOut(KeyOut):
    """A new key with its secret, which cannot be shown again."""

    secret: str


class KeyPage(Page):
    """A page of keys."""

    data: list[KeyOut]


class KeyIn(Input):
    """A key to make, restricted to a program or (null) not."""

    name: Annotated[Text, Field(min_length=1, max_length=100)]
    scopes: Annotated[list[Scope], Field(min_length=1, max_length=4)]
    program: Text | None = None


def key_out(key: ApiKey) -> KeyOut:
    """Show a key."""
    return KeyOut(
        id=text_id("key", key.pk), name=key.name, prefix=key.prefix, scopes=key.scopes,
        program=shown_id("prg", key.program_id), created_by=key.created_by, created_at=key.created_at,
        last_used_at=key.last_used_at, revoked_at=key.revoked_at,
    )  # fmt: skip


@router.get("/keys", auth=ALL, response=KeyPage)
def list_keys(request: HttpRequest, cursor: Cursor = "", limit: Limit = PAGE) -> KeyPage:
    """List keys, the newest first, revoked ones too."""
    rows, following = take_page(reach(asker(request), ApiKey), cursor, limit)
    return KeyPage(data=[key_out(row) for row in rows], next_cursor=following)


@router.post("/keys", auth=ALL, response={201: NewKeyOut})
def create_key(request: HttpRequest, body: KeyIn) -> NewKeyOut:
    """Make a key. A restricted key can make keys for its own program only."""
    key = asker(request)
    program = own_program(key, body.program) if body.program or key.program_id else None
    made, secret = actions.create_key(
        name=body.name, scopes=body.scopes, program=program, now=clock.now(), by=actor(request)
    )
    return NewKeyOut(secret=secret, **key_out(made).model_dump())


@router.get("/keys/{key_id}", auth=ALL, response=KeyOut)
def read_key(request: HttpRequest, key_id: str) -> KeyOut:
    """Read one key."""
    return key_out(find(asker(request), ApiKey, key_id))


@router.post("/keys/{key_id}/revoke", auth=ALL, response=KeyOut)
def revoke_key(request: HttpRequest, key_id: str) -> KeyOut:
    """Make a key worthless from now on. Revoked again: nothing changes."""
    key = find(asker(request), ApiKey, key_id)
    actions.revoke_key(key, now=clock.now(), by=actor(request))
    return key_out(key)
