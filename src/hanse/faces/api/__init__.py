"""The API: what programs see, under /v1. Keys instead of people, problem documents instead of pages."""
