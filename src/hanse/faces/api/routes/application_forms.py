"""The form to apply with, and the rules that take applicants in."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach, refer
from hanse.faces.api.values import Input, Instant, Output, Page, Text, shown_id
from hanse.growth.recruiting import automatic
from hanse.growth.recruiting.forms import form_of, publish_form
from hanse.growth.recruiting.models import ApprovalRule
from hanse.growth.recruiting.types import FormContent
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program
from hanse.programs.tiers.models import Tier

router = Router(tags=["Applications"])
Kind = Literal["text", "long", "choice", "link", "yes_no"]
How = Literal["required", "asked", "left_out"]
Standard = Literal["message", "company", "phone", "website", "references", "country"]


class QuestionShape(Input):
    """One own question; `key` is made of its first words where it is left out, `options` belong to a choice."""

    key: Annotated[Text, Field(max_length=40)] = ""
    kind: Kind = "text"
    label: Annotated[Text, Field(min_length=1, max_length=200)]
    hint: Annotated[Text, Field(max_length=300)] = ""
    options: Annotated[list[Annotated[Text, Field(max_length=120)]], Field(max_length=12)] = []
    is_required: bool = False


class FormIn(Input):
    """The next version of a form; `standard` says how our own fields are asked."""

    program: Text | None = None
    headline: Annotated[Text, Field(max_length=160)] = ""
    lead: Annotated[Text, Field(max_length=1000)] = ""
    standard: dict[Standard, How] = {}
    questions: Annotated[list[QuestionShape], Field(max_length=12)] = []
    note: Annotated[Text, Field(max_length=300)] = ""


class FormOut(Output):
    """The form that applicants see now; `version` 0 is the short one that every program begins with."""

    program: str
    version: int
    headline: str
    lead: str
    standard: dict[str, How]
    questions: list[QuestionShape]


class ApprovalRuleIn(Input):
    """Who is taken in without a person, once the address is confirmed; never while a risk is open."""

    program: Text | None = None
    name: Annotated[Text, Field(min_length=1, max_length=120)]
    condition: Annotated[
        dict[str, Any], Field(description="A condition over applicant.… and answer.<key>, as in terms.")
    ]
    tier: Text | None = None


class ApprovalRuleOut(Output):
    """A rule; an ended one takes nobody in any more."""

    id: str
    program: str
    name: str
    condition: dict[str, Any]
    tier: str | None
    created_at: Instant
    created_by: str
    ended_at: Instant | None


class ApprovalRulePage(Page):
    """A page of rules."""

    data: list[ApprovalRuleOut]


@router.get("/application-form", auth=READ, response=FormOut)
def read_application_form(request: HttpRequest, program: str = "") -> FormOut:
    """Show the form to apply with."""
    found = own_program(asker(request), program, "/query/program")
    return _form(found, form_of(found.pk))


@router.put("/application-form", auth=WRITE, response=FormOut)
def put_application_form(request: HttpRequest, body: FormIn) -> FormOut:
    """Publish the next version of the form; the same form again publishes nothing."""
    program = own_program(asker(request), body.program)
    publish_form(
        program, headline=body.headline, lead=body.lead,
        standard={str(name): how for name, how in body.standard.items()},
        questions=[one.model_dump() for one in body.questions], note=body.note, now=clock.now(), by=actor(request),
    )  # fmt: skip
    return _form(program, form_of(program.pk))


@router.get("/approval-rules", auth=READ, response=ApprovalRulePage)
def list_approval_rules(
    request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE
) -> ApprovalRulePage:
    """List the rules, ended ones too, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, ApprovalRule), {"program_id": (Program, program)})
    page, following = take_page(rows, cursor, limit)
    return ApprovalRulePage(data=[_rule(row) for row in page], next_cursor=following)


@router.post("/approval-rules", auth=WRITE, response={201: ApprovalRuleOut})
def add_approval_rule(request: HttpRequest, body: ApprovalRuleIn) -> Status[ApprovalRuleOut]:
    """Keep a rule from now on."""
    key = asker(request)
    program = own_program(key, body.program)
    tier = refer(key, Tier, body.tier, "/tier") if body.tier else None
    row = automatic.add_rule(
        program, name=body.name, condition=body.condition, tier=tier, now=clock.now(), by=actor(request)
    )
    return Status(201, _rule(row))


@router.post("/approval-rules/{rule_id}/end", auth=WRITE, response=ApprovalRuleOut)
def end_approval_rule(request: HttpRequest, rule_id: str) -> ApprovalRuleOut:
    """Let a rule take nobody in any more."""
    return _rule(automatic.end_rule(find(asker(request), ApprovalRule, rule_id), now=clock.now(), by=actor(request)))


def _form(program: Program, content: FormContent) -> FormOut:
    return FormOut(
        program=text_id("prg", program.pk), version=content.number, headline=content.headline, lead=content.lead,
        standard=dict(content.standard),
        questions=[QuestionShape.model_validate(question.as_json()) for question in content.questions],
    )  # fmt: skip


def _rule(row: ApprovalRule) -> ApprovalRuleOut:
    return ApprovalRuleOut(
        id=text_id("rul", row.pk), program=text_id("prg", row.program_id), name=row.name, condition=row.condition,
        tier=shown_id("tie", row.tier_id), created_at=row.created_at, created_by=row.created_by, ended_at=row.ended_at,
    )  # fmt: skip
