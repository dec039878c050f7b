"""Figures: one row of whole numbers an enrolment, as conditions of audiences, types, tiers and challenges read them."""
