"""After migrating, the books are protected on this engine, and taking a trigger away is noticed."""

import pytest
from django.db import connection

from hanse.money.ledger.protection import lift, missing_protection, protect

pytestmark = pytest.mark.django_db


def test_the_triggers_are_there_after_migrating() -> None:
    assert missing_protection(connection) == []


@pytest.mark.django_db(transaction=True)
def test_lifted_triggers_are_missed_and_put_back() -> None:
    lift(connection)
    assert missing_protection(connection) != []
    protect(connection)
    assert missing_protection(connection) == []
