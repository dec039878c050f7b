"""Deliverables: pieces and acts agreed with a brief and a date, from draft to acceptance, and the fee that follows."""
