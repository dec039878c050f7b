"""The wing's tables, one import a room."""

from hanse.programs.domains.models import Domain as Domain
from hanse.programs.enrolments.models import Agreement as Agreement
from hanse.programs.enrolments.models import Enrolment as Enrolment
from hanse.programs.enrolments.models import StatusChange as StatusChange
from hanse.programs.enrolments.models import TierChange as TierChange
from hanse.programs.offers.models import Offer as Offer
from hanse.programs.programs.models import AttributionPolicy as AttributionPolicy
from hanse.programs.programs.models import Goal as Goal
from hanse.programs.programs.models import Program as Program
from hanse.programs.rates.models import ExchangeRate as ExchangeRate
from hanse.programs.terms.models import Terms as Terms
from hanse.programs.terms.models import TermsDraft as TermsDraft
from hanse.programs.tiers.models import Tier as Tier
