"""Verbs of agencies: say whose customer's contact one is, and until when."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q
from django.utils.translation import gettext as _

from hanse.kernel.errors import Refused
from hanse.kernel.ids import new_id
from hanse.programs.enrolments.models import Enrolment
from hanse.programs.programs.models import Program
from hanse.spine.audit.actions import audited_save, record_creation
from hanse.spine.checks import Checks
from hanse.traffic.deals.customers import named_customer
from hanse.traffic.deals.evidence import naming
from hanse.traffic.resale.models import CustomerContact

_AUDITED = ("enrolment_id", "customer_label", "customer_external_id", "company_domain", "since_on", "contact_name")


def make_contact(
    enrolment: Enrolment, *, customer_email: str = "", customer_external_id: str = "", company_domain: str = "",
    customer_label: str = "", contact_name: str = "", since_on: date, note: str = "", now: datetime, by: str,
) -> CustomerContact:  # fmt: skip
    """Make an agency a customer's contact from a day on: what we have to say to that customer goes through them.

    A customer has one agency at a time: refuses while another one is. The same again is the same. Raises Invalid.
    """
    checks = Checks()
    who = named_customer(
        checks, customer_email=customer_email, customer_external_id=customer_external_id,
        company_domain=company_domain, label=customer_label,
    )  # fmt: skip
    contact_name = checks.text("contact_name", contact_name, 200)
    note = checks.text("note", note, 2000, lines=True)
    checks.done()
    Program.objects.select_for_update().get(pk=enrolment.program_id)
    named = naming([(enrolment.program_id, who.external_id, who.email_hash, who.company_domain)])
    assert named is not None, "a customer has a name once it is checked"
    open_ones = CustomerContact.objects.filter(named).filter(Q(until_on=None) | Q(until_on__gte=since_on))
    for known in open_ones.select_related("enrolment__partner"):
        if known.enrolment_id == enrolment.pk:
            return known
        message = _("%(name)s is this customer's contact until you end that.")
        raise Refused("other_agency", message % {"name": known.enrolment.partner.name})
    row = CustomerContact.objects.create(
        id=new_id(now), program_id=enrolment.program_id, enrolment=enrolment, customer_label=who.label,
        customer_external_id=who.external_id, email_hash=who.email_hash, company_domain=who.company_domain,
        contact_name=contact_name, note=note, since_on=since_on, created_at=now, created_by=by[:200],
    )  # fmt: skip
    record_creation(row, actor=by, verb="make_contact", fields=_AUDITED, now=now)
    return row


def end_contact(contact: CustomerContact, *, until_on: date, reason: str = "", now: datetime, by: str) -> None:
    """Let an agency be a customer's contact up to and with a day. Raises Invalid for a day before it began; refuses a
    later day than it ended on already: another agency may speak for the customer by now."""
    contact.refresh_from_db(fields=["until_on"])
    if contact.until_on is not None and until_on > contact.until_on:
        raise Refused("ended_already", _("This has ended already."))
    checks = Checks()
    reason = checks.text("reason", reason, 2000, lines=True)
    if until_on < contact.since_on:
        checks.refuse("until_on", _("It ends before it starts."), "out_of_range")
    checks.done()
    values = {"until_on": until_on, "end_reason": reason}
    audited_save(contact, values, actor=by, verb="end_contact", reason=reason, now=now)
