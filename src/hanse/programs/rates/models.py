"""Tables of rates: daily reference rates as the European Central Bank publishes them."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import currency_column, id_column


class ExchangeRate(models.Model):
    """How many units of a currency one euro was worth on a day: `per_euro` is the decimal as it was published.

    A text, because a database's own decimals lose digits on SQLite. A corrected rate changes nothing that was frozen.
    """

    id = id_column()
    currency = currency_column()
    dated_on = models.DateField()
    per_euro = models.CharField(max_length=40)
    source = models.CharField(max_length=40)
    set_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["currency", "dated_on"], name="rate_once")]
        indexes = [models.Index(fields=["dated_on"], name="rate_by_day")]
