"""Recruit: the pipeline, letters to prospects, the ideal partner."""
