"""Programs and their attribution policies."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from django.utils.translation import gettext as _
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker, refuse_restricted
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, reach
from hanse.faces.api.values import Input, Instant, Minor, Output, Page, Text, left_out
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, Problem
from hanse.kernel.ids import text_id
from hanse.programs.programs import actions
from hanse.programs.programs.models import AttributionPolicy, Program
from hanse.programs.programs.queries import policy_of
from hanse.traffic.conversions.models import Conversion

router = Router(tags=["Programs"])
Days = Annotated[int, Field(ge=0, le=400)]
PolicyDays = Annotated[int, Field(ge=1, le=3650)]
Level = Literal["deal", "owner", "click", "lifetime", "open_deal", "coupon", "email", "survey"]


class PolicyOut(Output):
    """One version of how a program decides whom to credit."""

    number: int
    window_days: int
    model: str
    order: list[str]
    self_referral: str
    half_life_days: int
    windows: dict[str, int | None]
    lifetime: bool
    new_customers_only: bool
    own_signals: list[str]
    stand_down_minutes: int
    takeover_seconds: int
    introducer_ppm: int
    protection_days: int
    created_at: Instant


class ProgramOut(Output):
    """A program. Its amounts are in `currency`, in the minor unit."""

    id: str
    name: str
    slug: str
    currency: str
    time_zone: str
    description: str
    website: str
    hold_days: int
    notice_days: int
    fallback_url: str
    token_param: str
    token_form: str
    minimum_payout: int
    second_person_above: int | None
    approval_ceiling: int | None
    browser_conversions: bool
    consent_mode: bool
    bare_click_ids: bool
    allowed_countries: list[str]
    blocked_countries: list[str]
    applications_open: bool
    created_at: Instant
    archived_at: Instant | None


class ProgramPage(Page):
    """A page of programs."""

    data: list[ProgramOut]


class ProgramChange(Input):
    """What can be changed of a program; fields left out stay as they are."""

    name: Text = left_out(max_length=120)
    slug: Text = left_out(max_length=60)
    currency: Text = left_out()
    time_zone: Text = left_out()
    description: Text = left_out()
    website: Text = left_out()
    hold_days: Days = left_out()
    notice_days: Days = left_out()
    fallback_url: Text = left_out()
    token_param: Text = left_out()
    token_form: Literal["text", "hex", "uuid", "bare"] = left_out()
    minimum_payout: Minor = left_out()
    second_person_above: Minor | None = left_out()
    approval_ceiling: Minor | None = left_out()
    browser_conversions: bool = left_out()
    consent_mode: bool = left_out()
    bare_click_ids: bool = left_out()
    allowed_countries: list[Text] = left_out()
    blocked_countries: list[Text] = left_out()
    applications_open: bool = left_out()


class PolicyIn(Input):
    """A new version of the attribution policy; fields left out stay as they are."""

    window_days: PolicyDays = left_out(description="How long a touchpoint counts, in 24-hour days.")
    model: Literal["last", "first", "linear", "position", "time_decay"] = left_out()
    order: list[Level] = left_out(description="Levels of evidence, the strongest first. Those left out follow.")
    self_referral: Literal["block", "zero", "allow"] = left_out(description="What an own purchase does.")
    half_life_days: PolicyDays = left_out(description="Of the model time_decay.")
    windows: dict[Level, Annotated[int, Field(ge=0, le=3650)] | None] = left_out(
        description="Days for single kinds of evidence (null: any number); replaces all that were set."
    )
    lifetime: bool = left_out(description="A customer's owner earns from goals that do not recur, too.")
    new_customers_only: bool = left_out(description="Existing customers earn nobody anything but their owners.")
    own_signals: list[Literal["email", "account", "device", "household"]] = left_out(
        description="What tells that a partner bought for themselves."
    )
    stand_down_minutes: Annotated[int, Field(ge=0, le=1440)] = left_out(
        description="An extension's click this soon after another partner's does not count. 0: off."
    )
    takeover_seconds: Annotated[int, Field(ge=0, le=3600)] = left_out(
        description="A click this shortly before the order, after another's touch, waits for a person. 0: off."
    )
    introducer_ppm: Annotated[int, Field(ge=0, lt=1_000_000)] = left_out(
        description="The part of the partner who touched first where others win, in parts per million."
    )
    protection_days: PolicyDays = left_out(description="How long an approved deal is protected.")


class ProgramIn(ProgramChange):
    """A program to start: it gets the default goals, five tiers and a first policy."""

    name: Annotated[Text, Field(max_length=120)]
    slug: Annotated[Text, Field(max_length=60)]
    currency: Text
    time_zone: Text = "UTC"


_MINOR = ("minimum_payout", "second_person_above", "approval_ceiling")


def program_out(program: Program) -> ProgramOut:
    """Show a program."""
    names = ProgramOut.model_fields.keys() - {"id", *_MINOR}
    values: dict[str, Any] = {name: getattr(program, name) for name in names}
    amounts = {name: getattr(program, f"{name}_minor") for name in _MINOR}
    return ProgramOut(id=text_id("prg", program.pk), **values, **amounts)


def _columns(given: dict[str, Any]) -> Any:
    return {f"{name}_minor" if name in _MINOR else name: value for name, value in given.items()}


def policy_out(policy: AttributionPolicy) -> PolicyOut:
    """Show one version of a policy."""
    return PolicyOut(**{name: getattr(policy, name) for name in PolicyOut.model_fields})


@router.get("/programs", auth=READ, response=ProgramPage)
def list_programs(request: HttpRequest, cursor: Cursor = "", limit: Limit = PAGE) -> ProgramPage:
    """List the programs that the key reaches, archived ones too, the newest first."""
    rows, following = take_page(reach(asker(request), Program), cursor, limit)
    return ProgramPage(data=[program_out(row) for row in rows], next_cursor=following)


@router.post("/programs", auth=WRITE, response={201: ProgramOut})
def create_program(request: HttpRequest, body: ProgramIn) -> ProgramOut:
    """Start a program with its default goals, the five tiers and attribution policy number 1."""
    refuse_restricted(asker(request))
    given = _columns({"time_zone": body.time_zone} | body.given())
    return program_out(actions.create_program(**given, now=clock.now(), by=actor(request)))


@router.get("/programs/{program_id}", auth=READ, response=ProgramOut)
def read_program(request: HttpRequest, program_id: str) -> ProgramOut:
    """Read one program."""
    return program_out(find(asker(request), Program, program_id))


@router.patch("/programs/{program_id}", auth=WRITE, response=ProgramOut)
def change_program(request: HttpRequest, program_id: str, body: ProgramChange) -> ProgramOut:
    """Change a program. The currency can change only while there are no terms and no conversions."""
    program = find(asker(request), Program, program_id)
    exist = "currency" in body.given() and Conversion.objects.filter(program=program).exists()
    changes = _columns(body.given())
    return program_out(
        actions.change_program(program, conversions_exist=exist, now=clock.now(), by=actor(request), **changes)
    )


@router.post("/programs/{program_id}/archive", auth=WRITE, response=ProgramOut)
def archive_program(request: HttpRequest, program_id: str) -> ProgramOut:
    """Archive a program: no new applications, enrolments or links. What is owed is paid."""
    program = find(asker(request), Program, program_id)
    actions.archive_program(program, now=clock.now(), by=actor(request))
    return program_out(program)


@router.get("/programs/{program_id}/policy", auth=READ, response=PolicyOut)
def read_policy(request: HttpRequest, program_id: str) -> PolicyOut:
    """Read the attribution policy in force."""
    return policy_out(policy_of(find(asker(request), Program, program_id).pk))


@router.post("/programs/{program_id}/policy", auth=WRITE, response={201: PolicyOut})
def change_policy(request: HttpRequest, program_id: str, body: PolicyIn) -> PolicyOut:
    """Put a new version of the attribution policy in force. Nothing changed: the version in force is answered."""
    program = find(asker(request), Program, program_id)
    if not body.given():
        raise Invalid([Problem("", _("Give at least one field."), "required")])
    return policy_out(actions.change_policy(program, **body.given(), now=clock.now(), by=actor(request)))
