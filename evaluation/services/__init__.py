"""What the evaluation writes."""

from evaluation.services.looks import LookError, record_look

__all__ = ["LookError", "record_look"]
