"""Roadmap: what is coming, shown by tier before others hear of it; embargoes, who accepted them and who saw what."""
