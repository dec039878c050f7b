"""Resources: files and texts for partners by kind, version, language and reader; what they are used for; answers."""
