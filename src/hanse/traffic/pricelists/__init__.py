"""Price lists: what partners who resell pay for a product, by dated versions."""
