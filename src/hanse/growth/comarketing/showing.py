"""Files that show a joint project was done: both sides of it may open them."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from hanse.growth.comarketing.models import JointProof
from hanse.growth.resources.files.showing import shows_files
from hanse.programs.enrolments.models import Enrolment


@shows_files
def shows_proof(file_id: UUID, enrolment: Enrolment, _now: datetime) -> bool:
    """Say whether a file is proof in one of this partner's projects."""
    return JointProof.objects.filter(file_id=file_id, project__enrolment=enrolment).exists()
