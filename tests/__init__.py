"""The tests, one folder for each wing; `house` holds the building rules, `faults` the accidents."""
