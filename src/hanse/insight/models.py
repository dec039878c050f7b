"""The wing's tables, one import a room."""

from hanse.insight.rollups.models import EnrolmentDay as EnrolmentDay
