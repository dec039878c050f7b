"""The other half of the bug: the database has no unique keys for facts and conversions."""

import django
from django.db import connection

django.setup()

from hanse.spine.intake.models import ReceivedFact  # noqa: E402
from hanse.traffic.conversions.models import Conversion  # noqa: E402

for model in (ReceivedFact, Conversion):
    constraints, model._meta.constraints = model._meta.constraints, []  # SQLite makes the table anew from the model
    with connection.schema_editor() as editor:
        for constraint in constraints:
            editor.remove_constraint(model, constraint)
