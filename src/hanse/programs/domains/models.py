"""Tables of domains: hosts of a program's own on which its links live."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Domain(models.Model):
    """A host that serves one program's links. Kept as DNS knows it: small ASCII letters, IDNA, no final dot."""

    id = id_column()
    program = models.ForeignKey("programs.Program", on_delete=models.PROTECT, related_name="domains")
    host = models.CharField(max_length=253, unique=True)
    created_at = models.DateTimeField()
