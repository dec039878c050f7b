"""Files of rails follow their formats to the letter."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from dataclasses import replace
from uuid import uuid4
from xml.etree import ElementTree

import pytest

from hanse.kernel.ids import text_id
from hanse.money.rails.paypal_file import PayPalFile
from hanse.money.rails.sepa_file import SPACE, SepaFile, schema_errors
from hanse.money.rails.sepa_names import sepa_text
from hanse.money.rails.types import Payment, RunFacts
from hanse.money.rails.wise_file import BY_EMAIL, BY_IBAN, WiseFile
from tests.payouts.house import GERMAN, PAY_DAY

RUN = RunFacts("R-2026-06", "Hafen & Kiefer", "EUR", PAY_DAY, "Europe/Berlin")
PAYER = {"name": "Hafen & Kiefer GmbH", "iban": "DE75512108001245126199", "bic": "SOLADEST600"}
WISE = {"header": BY_IBAN, "amount_currency": "target", "source_currency": "GBP"}


def payment(
    amount_minor: int = 10045, *, account: str = GERMAN, name: str = "Ana Müller", currency: str = "EUR",
    rail: str = "sepa", bic: str = "",
) -> Payment:  # fmt: skip
    id_ = uuid4()
    details = {"rail": rail, "account_name": name, "account": account, "bic": bic}
    return Payment(id_, text_id("pay", id_), amount_minor, currency, name, "ana@partners.example", details)


def rows_of(body: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(body, newline="")))


def find(body: str, path: str) -> list[str]:
    root = ElementTree.fromstring(body)
    steps = "/".join(f"{{{SPACE}}}{step}" for step in path.split("/"))
    return [(node.text or "") for node in root.iterfind(f".//{steps}")]


# --- PayPal -----------------------------------------------------------------------------------------------------------
def test_a_paypal_file_has_no_header_and_its_columns_in_order() -> None:
    one = payment(10050, account="a@b.com", currency="USD", rail="paypal")
    (file,) = PayPalFile().files([one], {"note": "Here is your payment"}, RUN)
    assert rows_of(file.body) == [["a@b.com", "100.50", "USD", one.id, "Here is your payment", "PAYPAL"]]
    assert (file.name, file.media_type) == ("R-2026-06-paypal.csv", "text/csv")


def test_a_paypal_file_of_a_comma_country_quotes_its_amounts() -> None:
    one = payment(10045, account="a@b.com", currency="EUR", rail="paypal")
    (file,) = PayPalFile().files([one], {"decimal_mark": ","}, RUN)
    assert '"100,45"' in file.body


@pytest.mark.parametrize(
    ("count", "sizes"), [(1, [1]), (5_000, [5_000]), (5_001, [5_000, 1]), (10_001, [5_000, 5_000, 1])]
)
def test_paypal_files_are_split_at_five_thousand_rows(count: int, sizes: list[int]) -> None:
    payments = [payment(account="a@b.com", rail="paypal")] * count
    files = PayPalFile().files(payments, {}, RUN)
    assert [len(rows_of(file.body)) for file in files] == sizes
    assert len({file.name for file in files}) == len(sizes)
    assert sum(len(file.payout_ids) for file in files) == count


@pytest.mark.parametrize(
    ("minor", "currency", "written"),
    [(1234, "JPY", "1234"), (1234, "TND", "1.234"), (1234, "EUR", "12.34"), (1200, "HUF", "12")],
)
def test_paypal_amounts_have_the_decimals_of_their_currency(minor: int, currency: str, written: str) -> None:
    one = payment(minor, account="a@b.com", currency=currency, rail="paypal")
    assert rows_of(PayPalFile().files([one], {}, RUN)[0].body)[0][1] == written


@pytest.mark.parametrize("account", ["+1555", "not an address", "=cmd@evil.example", "-a@b.com", "@b.com", ""])
def test_paypal_pays_to_plain_addresses_only(account: str) -> None:
    assert PayPalFile().trouble(payment(account=account, rail="paypal"), {})


def test_paypal_does_not_pay_out_in_every_currency() -> None:
    assert PayPalFile().problems({}, "KWD")
    assert PayPalFile().problems({}, "USD") == []


# --- Wise -------------------------------------------------------------------------------------------------------------
def test_a_wise_file_repeats_the_template_s_header_and_quotes_every_cell() -> None:
    one = payment(10045)
    (file,) = WiseFile().files([one], WISE, RUN)
    header, row = file.body.splitlines()
    assert header == ",".join(f'"{name}"' for name in BY_IBAN.split(","))
    assert row == (f'"Ana Müller","ana@partners.example","{one.id}","PERSON","target","100.45","GBP","EUR","{GERMAN}"')
    assert len(one.id) <= 35


def test_a_newer_template_with_a_reference_number_is_followed_in_its_own_order() -> None:
    header = BY_IBAN.replace("paymentReference", "paymentReference,referenceNumber")
    (file,) = WiseFile().files([payment()], WISE | {"header": f"\ufeff{header}\r\n"}, RUN)
    names, row = rows_of(file.body)
    assert names == header.split(",")
    assert row[names.index("referenceNumber")] == "R-2026-06"


def test_unknown_columns_of_a_template_are_named() -> None:
    (problem,) = WiseFile().problems({"header": "name,amount,targetCurrency,colour,shoeSize"}, "EUR")
    assert "colour, shoeSize" in problem


def test_a_template_that_asks_for_an_iban_refuses_who_has_none() -> None:
    by_mail = payment(account="ana@partners.example", rail="wise")
    assert "IBAN" in WiseFile().trouble(by_mail, WISE)
    assert WiseFile().trouble(by_mail, {"header": BY_EMAIL}) == ""


def test_wise_files_are_split_at_a_thousand_rows() -> None:
    files = WiseFile().files([payment()] * 1_001, WISE, RUN)
    assert [len(rows_of(file.body)) for file in files] == [1_001, 2]


@pytest.mark.parametrize("name", ["=1+1", "+44", "-x", "@x", "\t=1"])
def test_a_name_that_spreadsheets_would_run_is_refused_where_cells_must_not_be_altered(name: str) -> None:
    assert "formula" in WiseFile().trouble(payment(name=name), WISE)


def test_no_cell_of_a_wise_file_begins_a_formula_whichever_columns_the_template_has() -> None:
    header = {"header": f"{BY_IBAN},recipientCountryCode,recipientCity,recipientFirstLine,recipientPostCode"}
    address = {"street": "Quay 1", "postal_code": "20457", "city": "Hamburg", "country": "DE"}
    assert WiseFile().trouble(replace(payment(), address=address), header) == ""
    for name in ("street", "postal_code", "city"):
        assert "formula" in WiseFile().trouble(replace(payment(), address=address | {name: "=1+1"}), header)
    assert "formula" in WiseFile().trouble(replace(payment(), address=address, email="=1+1@x.example"), header)


# --- SEPA -------------------------------------------------------------------------------------------------------------
def sepa(payments: Sequence[Payment], **values: str) -> str:
    (file,) = SepaFile().files(payments, PAYER | values, RUN)
    return file.body


def test_a_sepa_file_is_valid_and_adds_up() -> None:
    body = sepa([payment(10045), payment(5), payment(99_999_999, name="Zoë Ünlü", bic="COBADEFFXXX")])
    assert schema_errors(body) == []
    assert find(body, "GrpHdr/NbOfTxs") == find(body, "PmtInf/NbOfTxs") == ["3"]
    assert find(body, "GrpHdr/CtrlSum") == find(body, "PmtInf/CtrlSum") == ["1000100.49"]
    assert find(body, "InstdAmt") == ["100.45", "0.05", "999999.99"]
    assert find(body, "GrpHdr/MsgId") == ["R-2026-06-1"]
    assert find(body, "PmtInf/PmtMtd") == ["TRF"]
    assert find(body, "SvcLvl/Cd") == ["SEPA"]
    assert find(body, "ReqdExctnDt/Dt") == ["2026-06-24"]
    assert find(body, "DbtrAgt/FinInstnId/BICFI") == ["SOLADEST600"]
    assert find(body, "CdtrAgt/FinInstnId/BICFI") == ["COBADEFFXXX"]
    assert find(body, "PmtInf/ChrgBr") == ["SLEV"]
    assert find(body, "Dbtr/Nm") == ["Hafen + Kiefer GmbH"]
    assert find(body, "Cdtr/Nm") == ["Ana Muller", "Ana Muller", "Zoe Unlu"]


def test_the_schema_notices_what_is_wrong() -> None:
    body = sepa([payment()])
    assert schema_errors(body.replace("<BICFI>", "<BIC>").replace("</BICFI>", "</BIC>"))
    assert schema_errors(body.replace("pain.001.001.09", "pain.001.001.03"))


def test_ids_and_texts_keep_within_their_lengths_and_the_character_set() -> None:
    long = payment(name="Ł" * 200 + " & Söhne; „quoted“ <b>")
    body = sepa([long], text="x" * 500)
    allowed = set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/-?:().,'+ ")
    for path, limit in (
        ("MsgId", 35),
        ("PmtInfId", 35),
        ("InstrId", 35),
        ("EndToEndId", 35),
        ("Cdtr/Nm", 70),
        ("RmtInf/Ustrd", 140),
    ):
        for text in find(body, path):
            assert 0 < len(text) <= limit
            assert set(text) <= allowed


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("Łódź", "Lodz"),
        ("Straße", "Strasse"),
        ("Иван", "Ivan"),
        ("a & b", "a + b"),
        ("a@b", "a(at)b"),
        ("//x", "x"),
        ("a///b / / c/", "a/b / c"),
        ("a_b", "a-b"),
        ("é\nü", "e u"),
    ],
)
def test_texts_are_written_in_sepas_letters(typed: str, written: str) -> None:
    assert sepa_text(typed, 140) == written


@pytest.mark.parametrize(
    "account",
    [
        "DE89370400440532013001",
        "DE8937040044053201300",
        "GB82WEST1234569876543",
        "US12345678901234567",
        "DE٨٩370400440532013000",
        "",
        "me@paypal.example",
    ],
)
def test_an_iban_that_cannot_be_is_refused(account: str) -> None:
    assert SepaFile().trouble(payment(account=account), PAYER)


def test_accounts_outside_the_eea_need_the_payer_s_town_and_country() -> None:
    british = payment(account="GB82 WEST 1234 5698 7654 32")
    assert "GB" in SepaFile().trouble(british, PAYER)
    assert SepaFile().trouble(british, PAYER | {"town": "Kiel", "country": "DE"}) == ""
    body = sepa([british], town="Kiel", country="DE")
    assert (find(body, "Dbtr/PstlAdr/TwnNm"), find(body, "Dbtr/PstlAdr/Ctry")) == (["Kiel"], ["DE"])
    assert find(body, "CdtrAcct/Id/IBAN") == ["GB82WEST12345698765432"]


def test_without_a_bic_the_agent_is_said_to_be_not_provided() -> None:
    body = sepa([payment()], bic="")
    assert find(body, "DbtrAgt/FinInstnId/Othr/Id") == ["NOTPROVIDED"]
    assert schema_errors(body) == []


def test_sepa_pays_euros_from_a_known_account_only() -> None:
    assert SepaFile().problems(PAYER, "EUR") == []
    assert len(SepaFile().problems({}, "GBP")) == 2
    assert SepaFile().problems(PAYER | {"iban": "DE75512108001245126190"}, "EUR")


def test_amounts_that_wise_reads_in_the_balance_s_currency_are_the_program_s_or_refused() -> None:
    takes_off = WISE | {"amount_currency": "source"}
    assert WiseFile().problems(takes_off, "EUR")  # 100.45 EUR would leave as 100.45 GBP
    assert WiseFile().problems(takes_off | {"source_currency": "EUR"}, "EUR") == []
    assert WiseFile().problems(takes_off | {"source_currency": ""}, "EUR") == []
