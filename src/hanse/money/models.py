"""The wing's tables, one import a room."""

from hanse.money.commissions.models import Commission as Commission
from hanse.money.holds.models import Case as Case
from hanse.money.ledger.models import Account as Account
from hanse.money.ledger.models import Entry as Entry
from hanse.money.ledger.models import Transaction as Transaction
from hanse.money.payouts.models import Attempt as Attempt
from hanse.money.payouts.models import Payout as Payout
from hanse.money.payouts.models import PayoutLine as PayoutLine
from hanse.money.payouts.models import PayoutRun as PayoutRun
from hanse.money.promises.models import Promise as Promise
from hanse.money.promises.models import Settled as Settled
