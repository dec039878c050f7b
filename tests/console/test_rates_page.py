"""Settings: exchange rates."""

from __future__ import annotations

from django.core.files.uploadedfile import SimpleUploadedFile

from hanse.programs.rates.models import ExchangeRate
from tests.console.conftest import Browser


def sent(text: str) -> dict[str, SimpleUploadedFile]:
    return {"file": SimpleUploadedFile("eurofxref-hist.csv", text.encode(), "text/csv")}


def test_a_file_of_the_bank_is_brought_in_and_shown(browser: Browser) -> None:
    client = browser("manager")
    answer = client.post("/console/settings/rates", sent("Date,USD,GBP,\n2026-05-14,1.1,0.85,\n"))
    assert answer.status_code in (200, 303)
    assert ExchangeRate.objects.count() == 2
    page = client.get("/console/settings/rates").content.decode()
    assert "GBP" in page
    assert "0.85" in page


def test_a_file_that_is_none_is_refused_with_its_line(browser: Browser) -> None:
    answer = browser("manager").post("/console/settings/rates", sent("date,currency,rate\nsoon,USD,1\n"))
    assert answer.status_code == 422
    assert "Line 2 has no date" in answer.content.decode()
    assert not ExchangeRate.objects.exists()


def test_a_viewer_may_look_only(browser: Browser) -> None:
    client = browser("viewer")
    assert client.get("/console/settings/rates").status_code == 200
    assert client.post("/console/settings/rates", sent("Date,USD\n2026-05-14,1.1\n")).status_code == 403
