"""Rails: the ways money leaves, one file each; their settings, files and calls."""
