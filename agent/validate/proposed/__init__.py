"""Proposal planning: turns a model's proposal into a plan. Every value is proven or shown on the card, and every call
is allowed."""

from __future__ import annotations

from agent.validate.proposed.planner import plan_proposal

__all__ = ["plan_proposal"]
