"""Goals: what a program pays for."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Router
from pydantic import Field

from hanse.faces.api.access import READ, WRITE, actor, asker
from hanse.faces.api.paging import PAGE, Cursor, Limit, take_page
from hanse.faces.api.reach import find, narrow, own_program, reach
from hanse.faces.api.values import Input, Instant, Output, Page, Text, left_out
from hanse.kernel import clock
from hanse.kernel.ids import text_id
from hanse.programs.programs import actions
from hanse.programs.programs.models import Goal, Program

router = Router(tags=["Goals"])


class GoalOut(Output):
    """A goal; facts name it by its `key`."""

    id: str
    program: str
    key: str
    name: str
    is_recurring: bool
    position: int
    archived_at: Instant | None


class GoalPage(Page):
    """A page of goals."""

    data: list[GoalOut]


class GoalIn(Input):
    """A goal to add. A recurring one follows an earlier conversion of the same customer."""

    program: Text | None = None
    key: Annotated[Text, Field(max_length=40)]
    name: Annotated[Text, Field(max_length=80)]
    is_recurring: bool = False


class GoalChange(Input):
    """What can be changed of a goal."""

    name: Text = left_out(max_length=80)
    is_recurring: bool = left_out()


def goal_out(goal: Goal) -> GoalOut:
    """Show a goal."""
    return GoalOut(
        id=text_id("gol", goal.pk), program=text_id("prg", goal.program_id), key=goal.key, name=goal.name,
        is_recurring=goal.is_recurring, position=goal.position, archived_at=goal.archived_at,
    )  # fmt: skip


@router.get("/goals", auth=READ, response=GoalPage)
def list_goals(request: HttpRequest, program: str = "", cursor: Cursor = "", limit: Limit = PAGE) -> GoalPage:
    """List goals, of one program or of all that the key reaches."""
    key = asker(request)
    rows, following = take_page(narrow(key, reach(key, Goal), {"program_id": (Program, program)}), cursor, limit)
    return GoalPage(data=[goal_out(row) for row in rows], next_cursor=following)


@router.post("/goals", auth=WRITE, response={201: GoalOut})
def add_goal(request: HttpRequest, body: GoalIn) -> GoalOut:
    """Add a goal to a program (by default the key's)."""
    program = own_program(asker(request), body.program)
    goal = actions.add_goal(
        program, key=body.key, name=body.name, is_recurring=body.is_recurring, now=clock.now(), by=actor(request)
    )
    return goal_out(goal)


@router.get("/goals/{goal_id}", auth=READ, response=GoalOut)
def read_goal(request: HttpRequest, goal_id: str) -> GoalOut:
    """Read one goal."""
    return goal_out(find(asker(request), Goal, goal_id))


@router.patch("/goals/{goal_id}", auth=WRITE, response=GoalOut)
def change_goal(request: HttpRequest, goal_id: str, body: GoalChange) -> GoalOut:
    """Rename a goal or say whether it recurs; its key stays."""
    goal = find(asker(request), Goal, goal_id)
    return goal_out(actions.change_goal(goal, **body.given(), now=clock.now(), by=actor(request)))


@router.post("/goals/{goal_id}/archive", auth=WRITE, response=GoalOut)
def archive_goal(request: HttpRequest, goal_id: str) -> GoalOut:
    """Take a goal out of use: new facts with it are refused. The last one stays."""
    goal = find(asker(request), Goal, goal_id, "program")
    actions.archive_goal(goal, now=clock.now(), by=actor(request))
    return goal_out(goal)
