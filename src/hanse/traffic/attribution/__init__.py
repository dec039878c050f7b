"""Attribution: the recorded decision for each conversion, with all evidence."""
