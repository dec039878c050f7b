"""Partner types: the public page in versions, rules between types, and the changes that they suggest."""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from django.http import HttpRequest
from ninja import Router, Status
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker, refuse_restricted
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, find_own_partner, narrow, own_program, reach
from hanse.faces.api.values import Input, Instant, Output, Page, Text, left_out
from hanse.growth.demarcation import suggesting
from hanse.growth.demarcation.actions import discard_draft, keep_draft, publish_types
from hanse.growth.demarcation.models import TypeRule, TypesPage, TypeSuggestion
from hanse.growth.demarcation.queries import draft, page_now, page_of, published_versions, rules_of
from hanse.growth.demarcation.types import PageText
from hanse.kernel import clock
from hanse.kernel.errors import Invalid, NotFound, Problem
from hanse.kernel.ids import text_id
from hanse.programs.programs.models import Program

router = Router(tags=["Partner types"])
SuggestionState = Literal["open", "accepted", "declined", "lapsed"]
Words = Annotated[Text, Field(max_length=2000)]


class PartnerTypeText(Input):
    """One type: what it is, owes us and gets, and which types nobody can be beside it."""

    slug: Annotated[Text, Field(max_length=40)]
    name: Annotated[Text, Field(max_length=80)]
    what: Words
    owes: Words = ""
    gets: Words = ""
    excludes: Annotated[list[Text], Field(max_length=30)] = Field(default_factory=list)


class TypesPageIn(Input):
    """The page as it is to be: all types, in their order."""

    intro: Words = ""
    types: Annotated[list[PartnerTypeText], Field(max_length=30)]


class TypesPageOut(Output):
    """A version of the page. `number` is null for the draft, and 0 before anything was published."""

    number: int | None
    intro: str
    types: list[PartnerTypeText]
    note: str
    published_at: Instant | None


class TypesPublication(Input):
    """What changed and why, for everybody to read."""

    note: Annotated[Text, Field(max_length=500)]


class TypesVersionOut(Output):
    """A version in the list of versions."""

    number: int
    note: str
    published_at: Instant


class TypesPages(Output):
    """The page in force (or the version that was asked for), the draft, and all versions."""

    page: TypesPageOut
    draft: TypesPageOut | None
    versions: list[TypesVersionOut]


class TypeRuleIn(Input):
    """A rule: where the condition holds, `adds` is suggested, `drops` to be taken off, or both."""

    program: Text = ""
    name: Annotated[Text, Field(max_length=120)]
    adds: Annotated[Text, Field(max_length=40)] = ""
    drops: Annotated[Text, Field(max_length=40)] = ""
    condition: dict[str, Any] = Field(description="Over partner, enrolment, figures, facts, silence, health, events.")
    on: bool = True


class TypeRuleChange(Input):
    """What of a rule is to change."""

    name: Annotated[Text, Field(max_length=120)] = left_out()
    adds: Annotated[Text, Field(max_length=40)] = left_out()
    drops: Annotated[Text, Field(max_length=40)] = left_out()
    condition: dict[str, Any] = left_out()
    on: bool = left_out()


class TypeRuleOut(Output):
    """A rule between types."""

    id: str
    program: str
    name: str
    adds: str
    drops: str
    condition: dict[str, Any]
    on: bool


class TypeRulesOut(Output):
    """A program's rules."""

    data: list[TypeRuleOut]


class TypeEvidenceOut(Output):
    """One test of the rule beside what was found."""

    field: str
    op: str
    wanted: Any
    found: Any


class TypeSuggestionOut(Output):
    """A suggested change of type with its evidence, and what was answered."""

    id: str
    program: str
    partner: str
    enrolment: str
    rule: str
    adds: str
    drops: str
    state: SuggestionState
    evidence: list[TypeEvidenceOut]
    found_at: Instant
    decided_at: Instant | None
    reason: str


class TypeSuggestionPage(Page):
    """A page of suggestions."""

    data: list[TypeSuggestionOut]


class TypeAcceptance(Input):
    """Why, if one likes."""

    reason: Words = ""


class TypeRefusal(Input):
    """Why the partner stays what they are."""

    reason: Words


@router.get("/types", auth=READ, response=TypesPages)
def read_types(request: HttpRequest, version: int = 0) -> TypesPages:
    """Read what partner types are: the page in force or an older version of it, the draft, all versions."""
    asker(request)
    rows = list(published_versions()[:200])
    row, written = next((one for one in rows if version in (0, one.number)), None), draft()
    if version and row is None:
        raise Invalid([Problem("/query/version", str(NotFound("version")), "not_found")])
    return TypesPages(
        page=_page(page_of(row) if row else page_now(), row),
        draft=_page(page_of(written), written) if written else None,
        versions=[
            TypesVersionOut(number=one.number, note=one.note, published_at=one.published_at)
            for one in rows if one.number is not None and one.published_at is not None
        ],
    )  # fmt: skip


@router.put("/types/draft", auth=WRITE, response=TypesPageOut)
def put_types_draft(request: HttpRequest, body: TypesPageIn) -> TypesPageOut:
    """Keep the page as a draft. Nobody outside sees it."""
    refuse_restricted(asker(request))
    types = [{("is" if key == "what" else key): value for key, value in one.model_dump().items()} for one in body.types]
    row = keep_draft({"intro": body.intro, "types": types}, now=clock.now(), by=actor(request))
    return _page(page_of(row), row)


@router.delete("/types/draft", auth=WRITE, response={204: None})
def delete_types_draft(request: HttpRequest) -> Status[None]:
    """Throw the draft away."""
    refuse_restricted(asker(request))
    if not discard_draft(now=clock.now(), by=actor(request)):
        raise NotFound("draft")
    return Status(204, None)


@router.post("/types/publish", auth=WRITE, response=TypesPageOut)
def publish_types_draft(request: HttpRequest, body: TypesPublication) -> TypesPageOut:
    """Publish the draft as the next version. Refused while a partner is of a type that is left out."""
    refuse_restricted(asker(request))
    row = publish_types(note=body.note, now=clock.now(), by=actor(request))
    return _page(page_of(row), row)


@router.get("/type-rules", auth=READ, response=TypeRulesOut)
def list_type_rules(request: HttpRequest, program: str = "") -> TypeRulesOut:
    """List a program's rules between types."""
    found = own_program(asker(request), program, "/query/program")
    return TypeRulesOut(data=[_rule(row) for row in rules_of(found.pk)])


@router.post("/type-rules", auth=WRITE, response={201: TypeRuleOut})
def create_type_rule(request: HttpRequest, body: TypeRuleIn) -> Status[TypeRuleOut]:
    """Keep a rule. It is asked every hour."""
    program = own_program(asker(request), body.program)
    row = suggesting.keep_type_rule(
        program, name=body.name, adds=body.adds, drops=body.drops, condition=body.condition, is_on=body.on,
        now=clock.now(), by=actor(request),
    )  # fmt: skip
    return Status(201, _rule(row))


@router.patch("/type-rules/{type_rule_id}", auth=WRITE, response=TypeRuleOut)
def change_type_rule(request: HttpRequest, type_rule_id: str, body: TypeRuleChange) -> TypeRuleOut:
    """Change a rule; what it suggested and nobody answered lapses."""
    row, given = find(asker(request), TypeRule, type_rule_id, "program"), body.given()
    if row.removed_at is not None:
        raise NotFound("type rule")
    is_on = given.pop("on", row.is_on)
    before = {name: getattr(row, name) for name in ("name", "adds", "drops", "condition")}
    suggesting.keep_type_rule(
        row.program, **(before | given), is_on=is_on, now=clock.now(), by=actor(request), instead_of=row
    )
    return _rule(row)


@router.delete("/type-rules/{type_rule_id}", auth=WRITE, response={204: None})
def remove_type_rule(request: HttpRequest, type_rule_id: str) -> Status[None]:
    """Put a rule away."""
    row = find(asker(request), TypeRule, type_rule_id)
    suggesting.remove_type_rule(row, now=clock.now(), by=actor(request))
    return Status(204, None)


@router.get("/type-suggestions", auth=READ, response=TypeSuggestionPage)
def list_type_suggestions(
    request: HttpRequest, program: str = "", state: SuggestionState | None = None,
    cursor: Cursor = "", limit: Limit = PAGE,
) -> TypeSuggestionPage:  # fmt: skip
    """List suggested changes of type, the newest first."""
    key = asker(request)
    rows = narrow(key, reach(key, TypeSuggestion), {"program_id": (Program, program)})
    page, following = take_page(rows.filter(state=state) if state else rows, cursor, limit)
    return TypeSuggestionPage(data=[_suggestion(row) for row in page], next_cursor=following)


@router.post("/type-suggestions/{type_suggestion_id}/accept", auth=WRITE, response=TypeSuggestionOut)
def accept_type_suggestion(
    request: HttpRequest, type_suggestion_id: str, body: TypeAcceptance | None = None
) -> TypeSuggestionOut:
    """Make the partner what is suggested."""
    key = asker(request)
    row = find(key, TypeSuggestion, type_suggestion_id)
    find_own_partner(key, text_id("prt", row.partner_id))
    said = body.reason if body else ""
    suggesting.accept_suggestion(row, reason=said, now=clock.now(), by=actor(request))
    return _suggestion(row)


@router.post("/type-suggestions/{type_suggestion_id}/decline", auth=WRITE, response=TypeSuggestionOut)
def decline_type_suggestion(request: HttpRequest, type_suggestion_id: str, body: TypeRefusal) -> TypeSuggestionOut:
    """Leave the partner as they are. It is not suggested again for 90 days."""
    row = find(asker(request), TypeSuggestion, type_suggestion_id)
    return _suggestion(suggesting.decline_suggestion(row, reason=body.reason, now=clock.now(), by=actor(request)))


def _page(page: PageText, row: TypesPage | None) -> TypesPageOut:
    return TypesPageOut(
        number=row.number if row else 0, intro=page.intro, note=row.note if row else "",
        published_at=row.published_at if row else None,
        types=[
            PartnerTypeText(
                slug=one.slug, name=one.name, what=one.what, owes=one.owes, gets=one.gets, excludes=list(one.excludes)
            )
            for one in page.types
        ],
    )  # fmt: skip


def _rule(row: TypeRule) -> TypeRuleOut:
    return TypeRuleOut(
        id=text_id("tyr", row.pk), program=text_id("prg", row.program_id), name=row.name, adds=row.adds,
        drops=row.drops, condition=row.condition, on=row.is_on,
    )  # fmt: skip


def _suggestion(row: TypeSuggestion) -> TypeSuggestionOut:
    return TypeSuggestionOut(
        id=text_id("tys", row.pk), program=text_id("prg", row.program_id), partner=text_id("prt", row.partner_id),
        enrolment=text_id("enr", row.enrolment_id), rule=text_id("tyr", row.rule_id), adds=row.adds, drops=row.drops,
        state=cast(SuggestionState, row.state),
        evidence=[TypeEvidenceOut(**one) for one in row.evidence], found_at=row.found_at,
        decided_at=row.decided_at, reason=row.reason,
    )  # fmt: skip
