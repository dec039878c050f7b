"""The wing's tables, one import a room."""

from hanse.insight.events.models import PartnerEvent as PartnerEvent
from hanse.insight.facts.models import PartnerFact as PartnerFact
from hanse.insight.facts.models import PeerNumbers as PeerNumbers
from hanse.insight.rollups.models import CountedCredit as CountedCredit
from hanse.insight.rollups.models import EnrolmentDay as EnrolmentDay
from hanse.insight.rollups.models import EnrolmentMark as EnrolmentMark
from hanse.insight.rollups.models import EnrolmentMonth as EnrolmentMonth
from hanse.insight.rollups.models import LinkDay as LinkDay
from hanse.insight.rollups.models import LinkHour as LinkHour
from hanse.insight.rollups.models import ProgramDay as ProgramDay
from hanse.insight.rollups.models import SaleDay as SaleDay
from hanse.insight.rollups.models import SliceDay as SliceDay
from hanse.insight.rollups.models import SliceMonth as SliceMonth
