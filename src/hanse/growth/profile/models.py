"""Tables of the ideal partner: what counts how much, and what a person knows of each prospect."""

from __future__ import annotations

from django.db import models

from hanse.spine.columns import id_column


class Profile(models.Model):
    """What a program looks for. `weights` holds a whole number a criterion; `reach_cap` is in points of 100."""

    program = models.OneToOneField("programs.Program", primary_key=True, on_delete=models.PROTECT, related_name="+")
    weights = models.JSONField(default=dict)
    reach_cap = models.IntegerField(default=10)
    qualify_at = models.IntegerField(default=50)
    changed_at = models.DateTimeField()


class Judgement(models.Model):
    """What a person says of one prospect or candidate on one criterion, 0 to 10, with a note.

    It stands before what data says; what is said of a candidate holds for the prospect made of it, until somebody says
    otherwise there.
    """

    id = id_column()
    prospect = models.ForeignKey("growth.Prospect", null=True, on_delete=models.CASCADE, related_name="judgements")
    candidate = models.ForeignKey("growth.Candidate", null=True, on_delete=models.CASCADE, related_name="judgements")
    criterion = models.CharField(max_length=20)
    value = models.IntegerField()
    note = models.CharField(max_length=500)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["prospect", "criterion"], name="judged_once"),
            models.UniqueConstraint(fields=["candidate", "criterion"], name="candidate_judged_once"),
            models.CheckConstraint(
                condition=models.Q(prospect=None) ^ models.Q(candidate=None), name="judged_is_one_of_both"
            ),
            models.CheckConstraint(condition=models.Q(value__gte=0, value__lte=10), name="judged_from_0_to_10"),
        ]
