"""The pipeline's small world, for what stands on it."""

from tests.pipeline.conftest import actors, world

__all__ = ["actors", "world"]
