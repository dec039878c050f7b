"""Pages of Messages: letters, audiences, the library, incidents; other rooms add their tabs here."""
