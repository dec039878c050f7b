"""Tables of health: each enrolment's score now, with its points and what they rest on."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Health(models.Model):
    """One enrolment's score on its latest day. `points` is a list of [area, points, of, {evidence}].

    `trail` is the last half year, a point a week, the oldest first: [[day, score], …].
    """

    id = id_column()
    enrolment = models.OneToOneField("programs.Enrolment", on_delete=models.CASCADE, related_name="+")
    program = models.ForeignKey("programs.Program", on_delete=models.CASCADE, related_name="+")
    score = models.IntegerField()
    points = models.JSONField(default=list)
    trail = models.JSONField(default=list)
    found_on = models.DateField()

    class Meta:
        indexes = [models.Index(fields=["program", "score"], name="health_by_score")]
