"""Query evaluation: the references and sums of a proposal, worked out over live records by code."""

from __future__ import annotations

from agent.query.evaluator import Evaluator
from agent.query.results import Moment, Plain, Quantity, Worked

__all__ = ["Evaluator", "Moment", "Plain", "Quantity", "Worked"]
