"""The wing's tables, one import a room."""

from hanse.money.benefits.models import Benefit as Benefit
from hanse.money.commissions.models import Commission as Commission
from hanse.money.holds.models import Case as Case
from hanse.money.ledger.models import Account as Account
from hanse.money.ledger.models import Entry as Entry
from hanse.money.ledger.models import Transaction as Transaction
from hanse.money.payouts.models import Attempt as Attempt
from hanse.money.payouts.models import Payout as Payout
from hanse.money.payouts.models import PayoutLine as PayoutLine
from hanse.money.payouts.models import PayoutRules as PayoutRules
from hanse.money.payouts.models import PayoutRun as PayoutRun
from hanse.money.promises.models import Acceptance as Acceptance
from hanse.money.promises.models import Promise as Promise
from hanse.money.promises.models import Settled as Settled
from hanse.money.rails.models import RailSettings as RailSettings
from hanse.money.rails.models import RunFile as RunFile
from hanse.money.rails.models import Sending as Sending
from hanse.money.referrals.models import ReferralShare as ReferralShare
from hanse.money.statements.models import BillingProfile as BillingProfile
from hanse.money.statements.models import Consent as Consent
from hanse.money.statements.models import Invoice as Invoice
from hanse.money.statements.models import Issue as Issue
from hanse.money.statements.models import IssuedStatement as IssuedStatement
