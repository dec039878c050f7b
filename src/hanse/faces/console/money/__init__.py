"""Money: what is owed, held, on its way and paid; and why each amount is what it is."""
