"""Events: what partners do outside clicks and sales: use of the product, pieces published, visits to the portal."""
