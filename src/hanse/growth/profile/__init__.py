"""The ideal partner: weighted criteria, scores with their reasons, and the test of them on known partners."""
