"""Why, and why not: the ordered checks behind an order, a click, a coupon or a customer."""
