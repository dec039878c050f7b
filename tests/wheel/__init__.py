"""The wheel, installed where nothing of the repository can be seen."""
