"""Coupons: discount codes owned by an enrolment."""
