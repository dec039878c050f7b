"""Holds: cases that keep a commission or an enrolment's payouts until a person decides."""
