"""The demo: a gift shop's real year of orders, with invented partners, played through the real door and pipeline."""
