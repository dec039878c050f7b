"""The six types that every installation starts with."""

from django.db import migrations

TYPES = (
    ("affiliate", "Affiliate", "Brings buyers through links and codes and is paid for what they buy."),
    ("creator", "Creator", "Makes posts, videos, newsletters or podcasts that their own audience trusts."),
    ("ambassador", "Ambassador", "Uses the product, says so in public, and speaks for it over a long time."),
    ("strategic", "Strategic", "A brand or person with whom we plan together, under negotiated terms."),
    ("channel", "Channel", "Resells or integrates the product under a price list of their own."),
    ("agency", "Agency", "Works for clients and brings the product into their projects."),
)


def add_types(apps, schema_editor):
    partner_type = apps.get_model("people", "PartnerType")
    for position, (slug, name, description) in enumerate(TYPES):
        partner_type.objects.get_or_create(
            slug=slug, defaults={"name": name, "description": description, "position": position}
        )


class Migration(migrations.Migration):
    dependencies = [("people", "0001_initial")]
    operations = [migrations.RunPython(add_types, migrations.RunPython.noop)]
