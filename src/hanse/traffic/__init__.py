"""Traffic: what happened, and because of whom: links, coupons, clicks, customers, conversions, refunds, attribution.

Knows what was promised to whom, but not what it is worth: pricing stands above.
"""
