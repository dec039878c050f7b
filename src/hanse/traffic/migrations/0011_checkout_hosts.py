"""Orders keep the host on which they were paid."""

from __future__ import annotations

from django.db import migrations, models


class Migration(migrations.Migration):
    """Add the host to conversions; old ones have none."""

    dependencies = [("traffic", "0010_own_customers")]

    operations = [
        migrations.AddField("conversion", "checkout_host", models.CharField(max_length=253, blank=True, default="")),
    ]
