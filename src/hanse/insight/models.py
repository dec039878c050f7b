"""The wing's tables, one import a room."""

from hanse.insight.rollups.models import EnrolmentDay as EnrolmentDay
from hanse.insight.rollups.models import EnrolmentMonth as EnrolmentMonth
from hanse.insight.rollups.models import ProgramDay as ProgramDay
