"""The wing's tables, one import a room."""

from hanse.growth.announcements.models import Announced as Announced
from hanse.growth.claims.models import Claim as Claim
from hanse.growth.mentions.models import Answer as Answer
from hanse.growth.mentions.models import Candidate as Candidate
from hanse.growth.mentions.models import Mention as Mention
from hanse.growth.mentions.models import Spelling as Spelling
from hanse.growth.negotiations.models import Proposal as Proposal
from hanse.growth.profile.models import Judgement as Judgement
from hanse.growth.profile.models import Profile as Profile
from hanse.growth.prospects.models import LetterTemplate as LetterTemplate
from hanse.growth.prospects.models import Prospect as Prospect
from hanse.growth.prospects.models import Remark as Remark
from hanse.growth.prospects.models import StageChange as StageChange
from hanse.growth.recruiting.models import Application as Application
from hanse.growth.today.models import Snooze as Snooze
