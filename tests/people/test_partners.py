"""Partners, their notes and how they are paid."""

from __future__ import annotations

import pytest

from hanse.kernel.errors import Invalid, Refused
from hanse.people.partners import actions, queries, rules
from hanse.people.partners.models import Partner, PartnerType, PayoutDetails
from hanse.spine.audit.models import AuditEntry
from hanse.spine.secrets.keys import hash_email
from tests.make import NOON

pytestmark = pytest.mark.django_db
IBAN = "GB29 NWBK 6016 1331 9268 19"


def ana(**fields: object) -> Partner:
    return actions.create_partner(name="Ana", email="ana@x.example", now=NOON, by="ruth", **fields)  # type: ignore[arg-type]


def test_a_partner_is_matched_by_the_keyed_hash_of_the_address() -> None:
    partner = ana()
    assert partner.email_hash == hash_email(" ANA@X.example ")
    assert "ana" not in partner.email_hash
    actions.change_partner(partner, email="Ana@new.example", now=NOON, by="ruth")
    partner.refresh_from_db()
    assert partner.email_hash == hash_email("ana@new.example")


def test_every_problem_of_a_partner_is_told_at_once() -> None:
    with pytest.raises(Invalid) as refusal:
        actions.create_partner(
            name=" ", email="x", country="XX", time_zone="Moon", language="klingon", website="ftp://x", types=["king"],
            now=NOON, by="ruth",
        )  # fmt: skip
    assert {problem.pointer for problem in refusal.value.problems} == {
        "/name", "/email", "/country", "/time_zone", "/language", "/website", "/types",
    }  # fmt: skip
    assert not Partner.objects.exists()
    assert not AuditEntry.objects.exists()


def test_an_address_belongs_to_one_partner() -> None:
    ana()
    with pytest.raises(Refused) as refusal:
        actions.create_partner(name="Other", email="ANA@x.example", now=NOON, by="ruth")
    assert refusal.value.code == "email_in_use"


def test_a_change_records_only_what_changed_with_before_and_after() -> None:
    partner = ana(country="PL")
    actions.change_partner(partner, country="GB", name="Ana", now=NOON, by="ruth")
    entry = AuditEntry.objects.get(verb="change_partner")
    assert (entry.before, entry.after) == ({"country": "PL"}, {"country": "GB"})
    actions.change_partner(partner, country="GB", now=NOON, by="ruth")
    assert AuditEntry.objects.filter(verb="change_partner").count() == 1


def test_archiving_hides_and_restoring_shows_again() -> None:
    partner = ana()
    actions.archive_partner(partner, now=NOON, by="ruth")
    assert not queries.search_partners("ana").exists()
    actions.restore_partner(partner, now=NOON, by="ruth")
    assert queries.search_partners("ANA x.example").get() == partner


def test_the_six_types_are_there_from_the_start() -> None:
    assert set(PartnerType.objects.values_list("slug", flat=True)) == set(rules.DEFAULT_TYPES)
    assert ana(types=["creator", "creator", "agency"]).types == ["creator", "agency"]
    actions.save_partner_type(slug="teacher", name="Teacher", now=NOON, by="ruth")
    assert "teacher" in {kind.slug for kind in queries.partner_types()}


def test_payout_details_are_checked_and_the_log_shows_the_end_only() -> None:
    partner = ana()
    details = actions.set_payout_details(
        partner, rail="csv", account_name="Ana", account=IBAN, bic="NWBKGB2L", now=NOON, by="ana@x.example"
    )
    assert details.account == "GB29NWBK60161331926819"
    assert "6016" not in str(AuditEntry.objects.get(verb="set_payout_details").after)
    for account, rail in (("GB28 NWBK 6016 1331 9268 19", "manual"), ("nobody", "paypal"), ("12345", "sepa")):
        with pytest.raises(Invalid) as refusal:
            actions.set_payout_details(partner, rail=rail, account_name="A", account=account, now=NOON, by="a")
        assert refusal.value.problems[0].pointer == "/account"
    assert PayoutDetails.objects.get().account == "GB29NWBK60161331926819"


def test_a_note_is_kept_and_an_empty_one_refused() -> None:
    partner = ana()
    actions.add_note(partner, "Met at the fair.\nWrites on Sundays.", now=NOON, by="ruth")
    with pytest.raises(Invalid):
        actions.add_note(partner, "  ", now=NOON, by="ruth")
    assert partner.notes.get().author == "ruth"


@pytest.mark.parametrize(("iban", "answer"), [
    (IBAN, True), ("DE89370400440532013000", True), ("NO9386011117947", True), ("DE88370400440532013000", False),
    ("XX", False), ("", False), ("DE5137040044053201300", False), ("DE٨٩370400440532013000", False),
])  # fmt: skip
def test_an_iban_is_known_by_its_check_digits(iban: str, answer: bool) -> None:
    assert rules.is_iban(iban) is answer
