"""Mentions become records, values get sources, the payload is built by code: drafts in, a Plan, a Question or a Refusal
out."""

from __future__ import annotations

from agent.validate.drift import recheck
from agent.validate.plan_builder import validate

__all__ = ["recheck", "validate"]
