"""Insight: what it means: rollups, metrics, the tracer that says why and why not.

Reads everything below, changes nothing there.
"""
