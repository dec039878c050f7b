"""Template tags of the faces: `{% load hanse %}`."""
