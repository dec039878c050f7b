"""Spine: what every wing stands on: received facts and the parked ones, the pipeline's position, the outbox, the audit
log, and the flat door tables that the edge reads. Knows no partner, no program, no money.
"""
