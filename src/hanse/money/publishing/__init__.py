"""Publishing terms: notice before lower ones, and everything since priced anew where a version reaches back."""
