"""Verbs for people and programs that want in: keys and one-time links."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from hanse.people.access.rules import BY_COMMAND
from hanse.runtime.cli.options import FOUND_PROBLEMS, AsJson, Data, fail, open_migrated, say, say_json

if TYPE_CHECKING:
    from datetime import datetime

    from hanse.people.access.models import ApiKey, TeamUser
    from hanse.programs.models import Program

verbs = typer.Typer()
keys = typer.Typer(help="API keys: make, list, revoke.", no_args_is_help=True)
verbs.add_typer(keys, name="keys")
BY = BY_COMMAND


@keys.command("create")
def create(
    name: Annotated[str, typer.Argument(help="What the key is for.")],
    scopes: Annotated[str, typer.Option(help="Scopes with commas between: facts:write, read, write, all.")] = "all",
    program: Annotated[str, typer.Option(help="The slug of the one program it is for; left out, every program.")] = "",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Make an API key and print it. It is shown once: only its hash is kept."""
    open_migrated(data)
    from django.db import transaction

    from hanse.kernel import clock
    from hanse.people.access.keys import create_key

    wanted = [scope.strip() for scope in scopes.split(",") if scope.strip()]
    with transaction.atomic():
        key, secret = create_key(name=name, scopes=wanted, program=_program(program), now=clock.now(), by=BY)
    if as_json:
        say_json({"key": secret, "name": key.name, "scopes": key.scopes, "prefix": key.prefix})
    else:
        say(secret)


def _program(slug: str) -> Program | None:
    from hanse.programs.models import Program

    if not slug:
        return None
    program = Program.objects.filter(slug=slug).first()
    return program or fail(f"There is no program {slug}.")


@keys.command("list")
def list_keys(data: Data = None, as_json: AsJson = False) -> None:
    """List every key: name, first characters, scopes, when made, last used and revoked."""
    open_migrated(data)
    from hanse.people.access.queries import api_keys

    if as_json:
        say_json({"keys": [_described(key) for key in api_keys()]})
        return
    for key in api_keys():
        state = f"revoked {key.revoked_at:%Y-%m-%d}" if key.revoked_at else f"last used {key.last_used_at or 'never'}"
        say(f"{key.prefix}…  {key.name}  {','.join(key.scopes)}  {state}")


def _described(key: ApiKey) -> dict[str, object]:
    return {
        "prefix": key.prefix, "name": key.name, "scopes": key.scopes, "program_id": key.program_id,
        "created_at": key.created_at, "last_used_at": key.last_used_at, "revoked_at": key.revoked_at,
    }  # fmt: skip


@keys.command("revoke")
def revoke(
    prefix: Annotated[str, typer.Argument(help="The first characters of the key, as `hanse keys list` shows them.")],
    data: Data = None,
) -> None:
    """Make a key worthless at once."""
    open_migrated(data)
    from django.db import transaction

    from hanse.kernel import clock
    from hanse.people.access.keys import revoke_key
    from hanse.people.access.queries import api_keys

    found = [key for key in api_keys() if key.prefix.startswith(prefix) and key.revoked_at is None]
    if len(found) != 1:
        fail(f"{len(found)} keys in use begin with {prefix}.", FOUND_PROBLEMS)
    with transaction.atomic():
        revoke_key(found[0], now=clock.now(), by=BY)
    say(f"Revoked {found[0].name}.")


@verbs.command("sign-in")
def sign_in(
    email: Annotated[str, typer.Argument(help="The person's e-mail address.")],
    create_as: Annotated[
        str, typer.Option("--create", help="Make the person first, as owner, manager, finance or viewer.")
    ] = "",
    name: Annotated[str, typer.Option(help="The name of a person who is made.")] = "",
    data: Data = None,
    as_json: AsJson = False,
) -> None:
    """Print a fresh one-time link that signs a person in, good for a day."""
    open_migrated(data)
    from django.db import transaction

    from hanse.kernel import clock
    from hanse.people.access.queries import person_by_email

    with transaction.atomic():
        now = clock.now()
        person = person_by_email(email) or _made(email, name, create_as, now)
        address = sign_in_address(person, now)
    if as_json:
        say_json({"url": address, "email": person.email, "role": person.role})
    else:
        say(address)


def _made(email: str, name: str, role: str, now: datetime) -> TeamUser:
    from hanse.people.access.actions import create_team_member

    if not role:
        fail(f"Nobody signs in as {email}. Give --create owner to make the person.", FOUND_PROBLEMS)
    return create_team_member(email=email, name=name or email.partition("@")[0], role=role, now=now, by=BY)


def sign_in_address(person: TeamUser, now: datetime) -> str:
    """Return the public address of a new one-time link for a person."""
    from django.conf import settings

    from hanse.people.access.actions import make_sign_in_link

    return f"{settings.HANSE_PUBLIC_URL}/sign-in/{make_sign_in_link(person, next_path='', now=now)}"
