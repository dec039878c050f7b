"""Two clicks at the very same moment make one meeting, one question, one note and one gift."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import datetime

import pytest
from django.db import close_old_connections, connection, transaction

from hanse.growth.conversations.actions import ask_us, write_first
from hanse.growth.conversations.models import Entry
from hanse.growth.meetings.actions import plan_meeting
from hanse.growth.meetings.models import Meeting
from hanse.growth.recognition.actions import thank
from hanse.growth.recognition.models import Thanks
from hanse.money.benefits.models import Benefit
from tests.cast import Cast, build
from tests.make import at

Click = Callable[[Cast, datetime], object]


def ask(cast: Cast, now: datetime) -> object:
    return ask_us(
        cast.anas, subject="Where?", text="Where is my link?", now=now, name="Ana", email="ana@partners.example"
    )


def write(cast: Cast, now: datetime) -> object:
    return write_first(cast.anas, subject="Hello", text="How is it going?", now=now, by=cast.ruth)


def meet(cast: Cast, now: datetime) -> object:
    return plan_meeting(
        cast.program, kind="call", title="Autumn", starts_at=at(9), minutes=30, place="Phone", now=now, by="olga"
    )


def give(cast: Cast, now: datetime) -> object:
    return thank(
        cast.anas, kind="help", text="Great work", gift="Tea", gift_worth_minor=900, now=now,
        by=cast.ruth,
    )  # fmt: skip


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("click", [ask, write, meet, give])
def test_two_clicks_at_the_same_moment_write_once(click: Click) -> None:
    with transaction.atomic():
        cast = build()
    start, troubles = threading.Barrier(2), list[BaseException]()

    def press() -> None:
        try:
            start.wait(10)
            with transaction.atomic():
                click(cast, at(1))
        except BaseException as error:
            troubles.append(error)
        finally:
            close_old_connections()
            connection.close()

    threads = [threading.Thread(target=press) for _click in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert troubles == []
    made = Entry.objects.count(), Meeting.objects.count(), Thanks.objects.count(), Benefit.objects.count()
    assert max(made) == 1
