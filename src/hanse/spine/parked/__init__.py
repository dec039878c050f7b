"""Parked: facts that wait, contradict or failed. Nothing is dropped."""
