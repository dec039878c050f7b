"""Tables of products: names for the skus on order lines."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Product(models.Model):
    """An article of a program by its sku. Only for reading: nothing is priced by a name."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    sku = models.CharField(max_length=200)
    name = models.CharField(max_length=300)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "sku"], name="product_once")]
