"""Floors, advances and fees on the pages: a statement, a receipt and the partner's timeline say them with words."""

from __future__ import annotations

from hanse.kernel.ids import text_id
from hanse.money.promises.models import Promise
from tests import make
from tests.console.conftest import NOW, Browser, Stage
from tests.money.books import close_periods


def test_an_advance_is_told_on_statement_receipt_and_timeline(browser: Browser, stage: Stage) -> None:
    ana = stage.cast.anas
    floor = {"kind": "floor", "amount": 400_000, "period": "year", "mode": "recoupable", "carry": True}
    make.terms(ana.program, {"kind": "percent", "rate": "20%"}, floor, enrolment=ana)
    close_periods(NOW)
    client, enrolment = browser("manager"), text_id("enr", ana.pk)
    advance = Promise.objects.get(enrolment=ana)
    assert advance.owed_minor == 400_000
    statement = client.get(f"/console/money/statements/{enrolment}?month=all").content.decode()
    for words in ("Paid in advance", "Pays back the advance", "£4,000.00", '<th scope="col" class="n">Advance</th>'):
        assert words in statement, words
    receipt = client.get(stage.commission_path).content.decode()
    assert "Pays back an advance" in receipt
    timeline = client.get(f"/console/partners/{text_id('prt', ana.partner_id)}/events").content.decode()
    assert "Paid in advance: £4,000.00" in timeline
