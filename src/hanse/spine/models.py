"""The wing's tables, one import a room."""

from hanse.spine.audit.models import AuditEntry as AuditEntry
from hanse.spine.doors.models import DoorKey as DoorKey
from hanse.spine.doors.models import DoorLink as DoorLink
from hanse.spine.doors.models import DoorProgram as DoorProgram
from hanse.spine.doors.models import DoorState as DoorState
from hanse.spine.idempotency.models import KeptAnswer as KeptAnswer
from hanse.spine.intake.models import ReceivedFact as ReceivedFact
from hanse.spine.intake.models import Verdict as Verdict
from hanse.spine.outbox.models import OutboxItem as OutboxItem
from hanse.spine.parked.models import ParkedFact as ParkedFact
from hanse.spine.positions.models import Lease as Lease
from hanse.spine.positions.models import Position as Position
