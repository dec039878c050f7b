"""The pipeline: turns the journal's facts into clicks, conversions, credits and commissions, each exactly once."""

from hanse.runtime.pipeline.batch import Batch
from hanse.runtime.pipeline.lead import LostLead, Pipeline, WrongJournal
from hanse.runtime.pipeline.result import BatchResult
from hanse.runtime.pipeline.steps import STEPS, Step

__all__ = ["STEPS", "Batch", "BatchResult", "LostLead", "Pipeline", "Step", "WrongJournal"]
