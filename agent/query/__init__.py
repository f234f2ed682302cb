"""Query evaluation: the references and sums of a proposal, worked out over live records by code."""

from __future__ import annotations

from agent.query.context import QueryContext
from agent.query.results import Moment, Plain, Quantity, Worked

__all__ = ["Moment", "Plain", "Quantity", "QueryContext", "Worked"]
