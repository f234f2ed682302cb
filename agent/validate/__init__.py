"""Validation: turns drafts into a plan, a question or a refusal; every value gets a source."""

from __future__ import annotations

from agent.validate.drift import recheck
from agent.validate.plan_builder import validate

__all__ = ["recheck", "validate"]
