"""The wing's tables, one import a room."""

from hanse.traffic.attribution.models import Attribution as Attribution
from hanse.traffic.attribution.models import Credit as Credit
from hanse.traffic.attribution.models import Evidence as Evidence
from hanse.traffic.attribution.models import HandDecision as HandDecision
from hanse.traffic.attribution.models import OwnCustomer as OwnCustomer
from hanse.traffic.attribution.models import OwnDevice as OwnDevice
from hanse.traffic.clicks.models import Click as Click
from hanse.traffic.clicks.models import ClicksForgotten as ClicksForgotten
from hanse.traffic.conversions.models import Conversion as Conversion
from hanse.traffic.conversions.models import Refund as Refund
from hanse.traffic.coupons.models import Coupon as Coupon
from hanse.traffic.customers.models import Customer as Customer
from hanse.traffic.customers.models import KnownCustomer as KnownCustomer
from hanse.traffic.deals.models import Deal as Deal
from hanse.traffic.deals.models import DealRoute as DealRoute
from hanse.traffic.links.models import Link as Link
from hanse.traffic.pricelists.models import PriceLine as PriceLine
from hanse.traffic.pricelists.models import PriceList as PriceList
from hanse.traffic.pricelists.models import PriceVersion as PriceVersion
from hanse.traffic.products.models import Product as Product
from hanse.traffic.resale.models import CustomerContact as CustomerContact
from hanse.traffic.resale.models import ResaleLine as ResaleLine
from hanse.traffic.resale.models import ResaleOrder as ResaleOrder
