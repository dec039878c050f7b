"""The recruiting pipeline: who might become a partner, how far we are, and what was written to them."""
