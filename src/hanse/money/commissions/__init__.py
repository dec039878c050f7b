"""Commissions: what each credit earns under terms, with its explanation."""
