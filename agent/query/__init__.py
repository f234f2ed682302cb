"""Query evaluation: the references and sums of a proposal, worked out over live records by code."""

from __future__ import annotations

from agent.query.query import Query
from agent.query.results import Moment, Plain, Quantity, Worked

__all__ = ["Moment", "Plain", "Quantity", "Query", "Worked"]
