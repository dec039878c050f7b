"""Verbs of surveys: asking a question, taking answers in, and logging names at a team's secret address."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from hanse.growth.mentions.rules import person_key
from hanse.growth.mentions.taking import take_answers
from hanse.growth.mentions.types import LONGEST_ANSWER, SOURCES, GivenAnswer, Taken
from hanse.growth.surveys.models import LogDoor, Survey, SurveyQuestion
from hanse.growth.surveys.queries import door_by_secret, is_open, question_of
from hanse.growth.surveys.secret import secret_hash, secret_of
from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks

_PAGE = "survey page"


def ask_question(
    program: Program, *, text: str, hint: str = "", thanks: str = "", now: datetime, by: str
) -> SurveyQuestion:
    """Ask a question from now on; earlier answers keep theirs. The same words ask nothing new. Raises Invalid."""
    checks = Checks()
    text = checks.text("text", text, 300, required=True)
    hint = checks.text("hint", hint, 300)
    thanks = checks.text("thanks", thanks, 1000, lines=True)
    checks.done()
    Program.objects.select_for_update().get(pk=program.pk)  # two people never ask under the same number
    latest = question_of(program.pk)
    if latest is not None and (latest.text, latest.hint, latest.thanks) == (text, hint, thanks):
        return latest
    row = SurveyQuestion.objects.create(
        id=new_id(now), program=program, number=latest.number + 1 if latest else 1, text=text, hint=hint,
        thanks=thanks, asked_from=now, asked_by=by[:200],
    )  # fmt: skip
    record_creation(row, actor=by, verb="ask_question", fields=("program_id", "number", "text"), now=now)
    return row


def switch_survey(program: Program, *, is_open: bool, now: datetime, by: str) -> Survey:
    """Open or close the page with the question. Refuses to open one that asks nothing."""
    if is_open and question_of(program.pk) is None:
        raise Refused("no_question", _("Write the question first."))
    row, _made = Survey.objects.get_or_create(program=program, defaults={"changed_at": now})
    if audited_save(row, {"is_open": is_open}, actor=by, verb="switch_survey", now=now):
        Survey.objects.filter(pk=row.pk).update(changed_at=now)
    return row


def answer_survey(program: Program, *, text: str, person: str = "", now: datetime) -> Taken:
    """Take one answer from the page. `person` tells people apart where the link to the page said who.

    Raises Invalid; refuses while the page is closed.
    """
    question = question_of(program.pk)
    if question is None or not is_open(program.pk) or program.archived_at is not None:
        raise Refused("survey_closed", _("This question is closed. Thank you all the same."))
    checks = Checks()
    text = checks.text("text", text, LONGEST_ANSWER, required=True, lines=True)
    person = checks.text("person", person, 254)
    checks.done()
    answer = GivenAnswer(text, now, "survey", question.text, person_key(person))
    return take_answers(program, [answer], now=now, by=_PAGE)


def make_door(program: Program, *, team: str, source: str, now: datetime, by: str) -> LogDoor:
    """Make a secret address of the log form for a team. Raises Invalid."""
    checks = Checks()
    team = checks.text("team", team, 80, required=True)
    source = checks.one_of("source", source, SOURCES)
    checks.done()
    id_ = new_id(now)
    row = LogDoor.objects.create(
        id=id_, program=program, team=team, source=source, secret=secret_hash(secret_of(id_)), made_at=now,
        made_by=by[:200],
    )  # fmt: skip
    record_creation(row, actor=by, verb="make_log_door", fields=("program_id", "team", "source"), now=now)
    return row


def close_door(door: LogDoor, *, now: datetime, by: str) -> LogDoor:
    """Let an address lead nowhere any more; what was logged there stays."""
    if door.closed_at is None:
        audited_save(door, {"closed_at": now}, actor=by, verb="close_log_door", now=now)
    return door


def renew_door(door: LogDoor, *, now: datetime, by: str) -> LogDoor:
    """Give a team another secret address and close the one it had. Refuses one that is closed already."""
    if door.closed_at is not None:
        raise Refused("closed", _("This address is closed already."))
    close_door(door, now=now, by=by)
    return make_door(door.program, team=door.team, source=door.source, now=now, by=by)


def log_by_door(
    secret: str, *, name: str, note: str = "", link: str = "", person: str = "", colleague: str = "", now: datetime
) -> Taken:
    """Keep a name that a colleague heard, from a team's address. Raises NotFound for an unknown one, Invalid.

    `person` is the customer who said it, `colleague` who wrote it down.
    """
    door = door_by_secret(secret)
    checks = Checks()
    name = checks.text("name", name, 300, required=True, lines=True)
    note = checks.text("note", note, 2000, lines=True)
    link = checks.web_address("link", link, 500)
    person, colleague = checks.text("person", person, 254), checks.text("colleague", colleague, 80)
    checks.done()
    by = f"{door.team}: {colleague}" if colleague else door.team
    answer = GivenAnswer(name, now, door.source, "", person_key(person), link, note)
    taken = take_answers(door.program, [answer], now=now, by=by)
    LogDoor.objects.filter(pk=door.pk).update(used_at=now, times_used=F("times_used") + 1)
    return taken
