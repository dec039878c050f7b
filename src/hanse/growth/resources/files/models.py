"""Table of stored files."""

from __future__ import annotations

from django.db import models

from hanse.growth.resources.files.types import CONTENT_TYPES, SHOWN
from hanse.spine.columns import id_column


class StoredFile(models.Model):
    """One upload as it was kept: its name, what it is, and the hash by which the disk knows its content.

    `small_sha256` is a little picture of it, "" without one; `mended` says in codes what was taken out of it.
    """

    id = id_column()
    program = models.ForeignKey("programs.Program", null=True, on_delete=models.PROTECT, related_name="+")
    name = models.CharField(max_length=150)
    kind = models.CharField(max_length=10)
    sha256 = models.CharField(max_length=64)
    small_sha256 = models.CharField(max_length=64, blank=True)
    size_bytes = models.BigIntegerField()
    width_px = models.PositiveIntegerField(null=True)
    height_px = models.PositiveIntegerField(null=True)
    mended = models.JSONField(default=list)
    kept_at = models.DateTimeField()
    kept_by = models.CharField(max_length=200)

    class Meta:
        indexes = [
            models.Index(fields=["sha256", "name"], name="stored_file_by_content"),
            models.Index(fields=["program", "kept_at"], name="stored_file_by_program"),
        ]

    @property
    def content_type(self) -> str:
        """The type with which it is served."""
        return CONTENT_TYPES[self.kind]

    @property
    def is_picture(self) -> bool:
        """Whether a page may show it as a picture."""
        return self.kind in SHOWN
