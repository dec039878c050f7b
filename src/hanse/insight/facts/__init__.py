"""Facts: true, numbered statements about a partner, each with its period, its n and a guard against chance."""
