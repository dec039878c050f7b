"""How people come to the shop's program: its question to customers, its form with rules, its invitations."""

from __future__ import annotations

from datetime import timedelta

from hanse.growth.invitations.actions import decline_invitation, invite, open_invitation, withdraw_invitation
from hanse.growth.invitations.models import Invitation
from hanse.growth.invitations.secret import secret_of as invitation_secret
from hanse.growth.invitations.types import NewInvitation
from hanse.growth.recruiting.actions import confirm_application, submit_application
from hanse.growth.recruiting.automatic import add_rule
from hanse.growth.recruiting.forms import publish_form
from hanse.growth.recruiting.models import Application
from hanse.growth.recruiting.risks import clear_risk, open_risks
from hanse.growth.recruiting.secret import secret_of
from hanse.growth.surveys.actions import ask_question, log_by_door, make_door, switch_survey
from hanse.growth.surveys.secret import secret_of as door_secret
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.people import MANAGER, Stage
from hanse.runtime.demo.recruiting import QUESTION

_FIRST_FORM = [{"kind": "link", "key": "piece", "label": "Which piece of yours are you proud of?"}]
_FORM = [
    {"kind": "link", "key": "piece", "label": "Which piece of yours are you proud of?"},
    {
        "kind": "choice", "key": "makes", "label": "What do you make most?",
        "options": ["Posts and articles", "Films", "A newsletter", "A podcast", "Something else"],
    },
    {"kind": "yes_no", "key": "bought", "label": "Have you bought from us before?"},
]  # fmt: skip
_LOGGED = (
    ("Candlewick Lane", "Asked where the wax comes from; read it there.", "Mia"),
    ("Tilda's Teatime", "Gift for her sister, after the episode on teapots.", "Mia"),
    ("The Slow Larder", "", "Jon"),
    ("Candlewick Lane", "Second time this week.", "Mia"),
    ("Juniper Post", "Came with the spring list.", ""),
)
# Name, company, place, days ago, what became of it
_INVITED = (
    ("Flora Lindqvist", "Nordic Nest Notes", "nordicnest.example", 40, "applied"),
    ("Ravi Menon", "Spice & String", "spiceandstring.example", 40, "opened"),
    ("Hester Pryce", "", "@hesterwraps", 40, "declined"),
    ("Omar Haddad", "Courtyard Calm", "courtyardcalm.example", 40, "opened"),
    ("Bea Fontaine", "", "@beafontaine", 12, "sent"),
    ("Yuki Arai", "Paper Crane Post", "papercrane.example", 12, "sent"),
    ("Deal Hunters", "", "dealhunters.example", 12, "withdrawn"),
    ("Sam Okafor", "Front Step Flowers", "frontstep.example", 5, "opened"),
)


def open_the_doors(stage: Stage, calendar: DemoCalendar) -> None:
    """Ask customers, let colleagues log names, invite people, put the form up. Call inside a transaction."""
    program, ends_at = stage.program, calendar.ends_at
    _ask(stage, calendar)
    _invite(stage, calendar)
    publish_form(program, questions=_FIRST_FORM, note="One question more", now=ends_at - timedelta(days=60), by=MANAGER)
    publish_form(
        program, questions=_FORM, note="What they make tells us which material to send",
        now=ends_at - timedelta(days=30), by=MANAGER,
    )  # fmt: skip
    named = {"all": [
        {"field": "applicant.named_by", "op": "gte", "value": 20},
        {"field": "answer.bought", "op": "eq", "value": True},
    ]}  # fmt: skip
    add_rule(program, name="Customers name them", condition=named, now=ends_at - timedelta(days=29), by=MANAGER)
    _apply(stage, calendar)


def _ask(stage: Stage, calendar: DemoCalendar) -> None:
    program, ends_at = stage.program, calendar.ends_at
    ask_question(program, text="Where do you find ideas for presents?", now=calendar.starts_at, by=MANAGER)
    ask_question(
        program, text=QUESTION, hint="A person, a blog, a channel: whoever comes to mind.",
        thanks="Thank you. It helps us to find people worth reading.", now=ends_at - timedelta(days=380), by=MANAGER,
    )  # fmt: skip
    switch_survey(program, is_open=True, now=ends_at - timedelta(days=380), by=MANAGER)
    support = make_door(program, team="Customer care", source="support", now=ends_at - timedelta(days=90), by=MANAGER)
    make_door(program, team="Market stall", source="community", now=ends_at - timedelta(days=20), by=MANAGER)
    for place, (name, note, colleague) in enumerate(_LOGGED):
        at = ends_at - timedelta(days=30 - 6 * place, hours=3)
        log_by_door(door_secret(support.pk), name=name, note=note, colleague=colleague, now=at)


def _invite(stage: Stage, calendar: DemoCalendar) -> None:
    note = "Your readers give presents that were thought about. So do ours; perhaps they should meet."
    for days in sorted({one[3] for one in _INVITED}, reverse=True):
        at = calendar.ends_at - timedelta(days=days)
        rows = [
            NewInvitation(_address(name), name, company, channels=(place,))
            for name, company, place, days_ago, _became in _INVITED
            if days_ago == days
        ]
        invite(stage.program, rows, note=note, sender=stage.manager.name, is_mailed=False, now=at, by=MANAGER)
    for name, _company, _place, days, became in _INVITED:
        row = Invitation.objects.get(program=stage.program, email=_address(name))
        secret, at = invitation_secret(row.pk), calendar.ends_at - timedelta(days=days - 1)
        if became in ("opened", "applied", "declined"):
            open_invitation(stage.program, secret, now=at)
        if became == "declined":
            decline_invitation(stage.program, secret, now=at)
        if became == "withdrawn":
            withdraw_invitation(row, now=at, by=MANAGER)


def _apply(stage: Stage, calendar: DemoCalendar) -> None:
    """Let three people fill the new form in: one was invited, one looks like the brand, one never confirmed."""
    program, ends_at = stage.program, calendar.ends_at
    flora = Invitation.objects.get(program=program, email=_address("Flora Lindqvist"))
    answers = {
        "piece": "https://nordicnest.example/wool",
        "makes": "Posts and articles", "bought": "yes",
    }  # fmt: skip
    invited = submit_application(
        program, name=flora.name, email=flora.email, company=flora.company, channels=flora.channels, answers=answers,
        message="A winter series on small makers; your lanterns would open it.", country="SE", invitation=flora,
        now=ends_at - timedelta(hours=30),
    )  # fmt: skip
    assert invited is not None
    confirm_application(secret_of(invited.pk), now=ends_at - timedelta(hours=29))
    risky = _one(stage, calendar, "Pine Gift Codes", "codes@mailinator.com", "harbourandpine-codes.example", 20)
    confirm_application(secret_of(risky.pk), now=ends_at - timedelta(hours=19))
    disposable = next(risk for risk in open_risks(risky) if risk.kind == "disposable")
    note = "Wrote to them; they have a lasting address too"
    clear_risk(risky, disposable.key, note=note, now=ends_at - timedelta(hours=4), by=MANAGER)
    _one(stage, calendar, "Peter Quill", _address("Peter Quill"), "@quillwrites", 2)


def _one(stage: Stage, calendar: DemoCalendar, name: str, email: str, place: str, hours: int) -> Application:
    row = submit_application(
        stage.program, name=name, email=email, channels=[place], country="GB",
        message="Codes for everything, before everybody else." if "Codes" in name else "Short stories about objects.",
        answers={"makes": "Something else"}, now=calendar.ends_at - timedelta(hours=hours),
    )  # fmt: skip
    assert row is not None
    return row


def _address(name: str) -> str:
    return f"{name.lower().replace(' ', '.')}@guests.example"
