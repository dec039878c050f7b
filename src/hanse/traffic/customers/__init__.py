"""Customers: the business's buyers, pseudonymous."""
