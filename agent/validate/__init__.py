"""Mentions become records, values get sources, the payload is built by code: drafts in, a Plan, a Question or a Refusal out."""

from __future__ import annotations

from agent.validate.assemble import validate
from agent.validate.drift import recheck

__all__ = ["recheck", "validate"]
