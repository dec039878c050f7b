"""Tables of coupons: discount codes owned by an enrolment."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Coupon(models.Model):
    """A code that attributes by itself. `code` is stored upper case; a program has each code once."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="+")
    enrolment = models.ForeignKey("programs.Enrolment", on_delete=models.PROTECT, related_name="+")
    code = models.CharField(max_length=60)
    description = models.CharField(max_length=200, blank=True)
    starts_at = models.DateTimeField(null=True)
    ends_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    archived_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["program", "code"], name="coupon_once")]
