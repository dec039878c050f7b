"""What waits for the manager this morning: applications, a contradiction, a run to approve."""

from __future__ import annotations

from datetime import datetime, timedelta

from hanse.growth.recruiting.actions import ask_applicant, confirm_application, decline_application, submit_application
from hanse.growth.recruiting.models import Application
from hanse.growth.recruiting.secret import secret_of
from hanse.runtime.demo.calendar import DemoCalendar
from hanse.runtime.demo.people import MANAGER, Stage

# name, address, country, language, channel, days ago, message
APPLICANTS = (
    (
        "Małgorzata Duda",
        "gosia",
        "PL",
        "pl",
        "blog",
        3,
        "I write about laying a table with little money; 9,000 readers.",
    ),
    (
        "Ines Carvalho",
        "ines",
        "PT",
        "en",
        "Instagram",
        2,
        "Slow home, slow gifts. Your lanterns are in three of my posts.",
    ),
    ("Henry Oduya", "henry", "GB", "en", "podcast", 2, "A weekly show on small shops. My listeners ask for a code."),
    ("Юлия Ветрова", "julia", "KZ", "ru", "Telegram", 1, "Подборки подарков для друзей, две тысячи читателей."),
    ("Best Deals 4U", "deals", "US", "en", "coupon site", 1, "We put your codes before thousands of shoppers."),
    ("Clara Winter", "clara", "DE", "en", "YouTube", 9, "Unboxing and table settings, every Sunday."),
    ("Promo Blaster", "blaster", "US", "en", "e-mail lists", 20, "Bulk mail to 2 million addresses."),
)


def write_epilogue(stage: Stage, calendar: DemoCalendar) -> None:
    """Leave the open ends of the story. Call inside a transaction."""
    for name, address, country, language, channel, days, message in APPLICANTS:
        sent_at = calendar.ends_at - timedelta(days=days, hours=5)
        application = _apply(stage, name, address, country, language, channel, message, sent_at)
        if address == "clara":
            question = "Which of your videos shows best how you would present us?"
            ask_applicant(application, question=question, now=sent_at + timedelta(days=1), by=MANAGER)
        if address == "blaster":
            reason = "We do not work with bulk mail, because our customers asked us not to."
            decline_application(application, reason=reason, now=sent_at + timedelta(days=1), by=MANAGER)


def _apply(
    stage: Stage, name: str, address: str, country: str, language: str, channel: str, message: str, at: datetime
) -> Application:
    application = submit_application(
        stage.program,
        name=name,
        email=f"{address}@applicants.example",
        country=country,
        language=language,
        channels=[channel],
        message=message,
        now=at,
    )
    if application is None:
        raise AssertionError("the demo's applicants are no partners")
    return confirm_application(secret_of(application.pk), now=at + timedelta(minutes=12))
