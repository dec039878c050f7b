"""The routes of the API, one file a resource: its shapes, then its operations."""
