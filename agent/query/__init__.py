"""Query evaluation: code works out the references and sums of a proposal over live records."""

from __future__ import annotations

from agent.query.context import Moment, Plain, Quantity, Worked
from agent.query.references import Query

__all__ = ["Moment", "Plain", "Quantity", "Query", "Worked"]
