"""Overview: a program's key figures of a period, against the period before, and who and what they are made of."""
