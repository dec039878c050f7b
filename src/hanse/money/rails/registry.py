"""Every rail by its key. A new one is a file of its own and a line here."""

from __future__ import annotations

from collections.abc import Mapping

from hanse.money.rails.by_hand import CSV, MANUAL
from hanse.money.rails.credit import StoreCredit
from hanse.money.rails.paypal_api import PayPalApi
from hanse.money.rails.paypal_file import PayPalFile
from hanse.money.rails.sepa_file import SepaFile
from hanse.money.rails.types import Rail
from hanse.money.rails.wise_file import WiseFile

_ALL: tuple[Rail, ...] = (MANUAL, CSV, PayPalFile(), PayPalApi(), WiseFile(), SepaFile(), StoreCredit())
RAILS_BY_KEY: Mapping[str, Rail] = {rail.key: rail for rail in _ALL}
CALLED = frozenset(("paypal", "credit"))
