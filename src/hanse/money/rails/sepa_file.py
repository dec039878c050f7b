"""The rail `sepa`: credit transfers as pain.001.001.09, each file checked against the schema before it is kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from importlib.resources import as_file, files
from typing import Any
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop
from stdnum import iban

from hanse.kernel.clock import local_day
from hanse.kernel.errors import Refused
from hanse.kernel.money import decimal_text
from hanse.money.rails.rules import missing
from hanse.money.rails.sepa_names import COUNTRIES, OUTSIDE_EEA, sepa_text
from hanse.money.rails.types import Payment, RailFile, RunFacts, SettingsField
from hanse.people.partners.rules import is_iban

SPACE = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
ID, NAME, TEXT = 35, 70, 140
LARGEST_MINOR = 99_999_999_999  # 999,999,999.99


class SepaFile:
    """One file a run, for the bank's upload or EBICS."""

    key = "sepa"
    name = gettext_noop("Bank transfer, SEPA file (pain.001.001.09)")
    fields: tuple[SettingsField, ...] = (
        SettingsField("name", gettext_noop("Name of the account that pays"), limit=70, is_required=True),
        SettingsField("iban", gettext_noop("IBAN of the account that pays"), "iban", 42, is_required=True),
        SettingsField("bic", gettext_noop("BIC of its bank"), "bic", 11, hint=gettext_noop("Only if your bank asks.")),
        SettingsField(
            "town", gettext_noop("Town of the payer"), limit=35,
            hint=gettext_noop("Needed with the country when a payee's bank is in the UK, Switzerland or so."),
        ),
        SettingsField("country", gettext_noop("Country of the payer"), "country", 2),
        SettingsField("text", gettext_noop("Words on the payee's statement"), limit=90),
    )  # fmt: skip

    def takes(self, details: Mapping[str, str]) -> bool:
        """Those who gave an IBAN and want neither PayPal nor store credit."""
        wants_bank = details["rail"] in ("sepa", "manual", "csv", "wise")
        return details["rail"] == "sepa" or (wants_bank and is_iban(details.get("account", "")))

    def trouble(self, payment: Payment, values: Mapping[str, str]) -> str:
        """The IBAN holds and lies in SEPA, the name can be written, the amount fits."""
        if not is_iban(payment.account):
            return _("The IBAN's check digits do not fit.")
        country = iban.compact(payment.account)[:2]
        if country not in COUNTRIES:
            return _("%(country)s does not take part in SEPA.") % {"country": country}
        if country in OUTSIDE_EEA and not (values.get("town") and values.get("country")):
            message = _(
                "For a bank in %(country)s, SEPA asks for the payer's town and country: add them to the settings."
            )
            return message % {"country": country}
        if not sepa_text(payment.name, NAME).strip("."):
            return _("The name on the account cannot be written in SEPA's letters.")
        return "" if payment.amount_minor <= LARGEST_MINOR else _("SEPA transfers end at 999,999,999.99.")

    def problems(self, values: Mapping[str, str], currency: str) -> list[str]:
        """The payer is known and the program pays in euros."""
        found = missing(self.fields, values)
        if currency != "EUR":
            found.append(_("SEPA pays euros only, and this program pays %(currency)s.") % {"currency": currency})
        if values.get("iban") and not is_iban(values["iban"]):
            found.append(_("The payer's IBAN has check digits that do not fit."))
        return found

    def files(self, payments: Sequence[Payment], values: Mapping[str, str], run: RunFacts) -> list[RailFile]:
        """Return one file with a message id of its own. Raises Refused when the schema does not take it."""
        message_id = sepa_text(f"{run.number}-{run.file_number}", ID)
        body = _document(payments, values, run, message_id)
        wrong = schema_errors(body)
        if wrong:
            raise Refused("bad_file", _("The file does not follow its schema: %(why)s") % {"why": wrong[0]})
        name = f"{message_id}-sepa.xml"
        return [RailFile(name, "application/xml", body, tuple(one.payout_id for one in payments), message_id)]


def schema_errors(body: str) -> list[str]:
    """Return what the schema of pain.001.001.09 finds wrong with a document; nothing: it is valid."""
    return [str(error.reason) for error in _schema().iter_errors(body)]


@lru_cache(maxsize=1)
def _schema() -> Any:
    import xmlschema  # takes a while to load, and only these files need it

    with as_file(files("sepaxml").joinpath("schemas", "pain.001.001.09.xsd")) as path:
        return xmlschema.XMLSchema(str(path))


def _document(payments: Sequence[Payment], values: Mapping[str, str], run: RunFacts, message_id: str) -> str:
    root = Element("Document", xmlns=SPACE)
    start = SubElement(root, "CstmrCdtTrfInitn")
    made_at = run.made_at or run.opened_at  # banks refuse a file that asks for a day that is past
    total = decimal_text(sum(one.amount_minor for one in payments), "EUR")
    head = SubElement(start, "GrpHdr")
    _put(head, "MsgId", message_id)
    _put(head, "CreDtTm", made_at.strftime("%Y-%m-%dT%H:%M:%SZ"))
    _put(head, "NbOfTxs", str(len(payments)))
    _put(head, "CtrlSum", total)
    _put(SubElement(head, "InitgPty"), "Nm", sepa_text(values["name"], NAME))
    block = SubElement(start, "PmtInf")
    _put(block, "PmtInfId", f"{message_id[: ID - 2]}-1")
    _put(block, "PmtMtd", "TRF")
    _put(block, "NbOfTxs", str(len(payments)))
    _put(block, "CtrlSum", total)
    _put(block, "PmtTpInf/SvcLvl/Cd", "SEPA")
    _put(block, "ReqdExctnDt/Dt", _bank_day(local_day(made_at, run.time_zone)).isoformat())
    _payer(block, values)
    _put(block, "ChrgBr", "SLEV")
    for payment in payments:
        _transfer(block, payment, values, run)
    indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _payer(block: Element, values: Mapping[str, str]) -> None:
    payer = SubElement(block, "Dbtr")
    _put(payer, "Nm", sepa_text(values["name"], NAME))
    if values.get("town") and values.get("country"):
        address = SubElement(payer, "PstlAdr")
        _put(address, "TwnNm", sepa_text(values["town"], ID))
        _put(address, "Ctry", values["country"])
    _put(block, "DbtrAcct/Id/IBAN", iban.compact(values["iban"]))
    if values.get("bic"):
        _put(block, "DbtrAgt/FinInstnId/BICFI", values["bic"])
    else:
        _put(block, "DbtrAgt/FinInstnId/Othr/Id", "NOTPROVIDED")


def _transfer(block: Element, payment: Payment, values: Mapping[str, str], run: RunFacts) -> None:
    transfer = SubElement(block, "CdtTrfTxInf")
    name = sepa_text(payment.id, ID)
    ids = SubElement(transfer, "PmtId")
    _put(ids, "InstrId", name)
    _put(ids, "EndToEndId", name or "NOTPROVIDED")
    amount = _put(transfer, "Amt/InstdAmt", decimal_text(payment.amount_minor, "EUR"))
    amount.set("Ccy", "EUR")
    if payment.details.get("bic"):
        _put(transfer, "CdtrAgt/FinInstnId/BICFI", payment.details["bic"])
    _put(transfer, "Cdtr/Nm", sepa_text(payment.name, NAME))
    _put(transfer, "CdtrAcct/Id/IBAN", iban.compact(payment.account))
    words = values.get("text") or run.program_name
    _put(transfer, "RmtInf/Ustrd", sepa_text(f"{words[:90]} {run.number}", TEXT))


def _put(parent: Element, path: str, text: str) -> Element:
    for name in path.split("/"):
        parent = SubElement(parent, name)
    parent.text = text
    return parent


def _bank_day(day: date) -> date:
    """Return a day, or the Monday after a weekend: banks carry out nothing in between."""
    return day + timedelta(days=max(0, 7 - day.weekday())) if day.weekday() >= 5 else day
