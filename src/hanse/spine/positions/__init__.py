"""Positions: how far the pipeline has read, and who may read."""
