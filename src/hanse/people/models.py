"""The wing's tables, one import a room."""

from hanse.people.access.models import ApiKey as ApiKey
from hanse.people.access.models import SignInLink as SignInLink
from hanse.people.access.models import TeamUser as TeamUser
from hanse.people.partners.models import Note as Note
from hanse.people.partners.models import Partner as Partner
from hanse.people.partners.models import PartnerType as PartnerType
from hanse.people.partners.models import PayoutDetails as PayoutDetails
from hanse.people.partners.models import TaxProfile as TaxProfile
