"""Try-out: one link of a test partner that leads to the test shop, so that a newcomer sees the whole way once."""
