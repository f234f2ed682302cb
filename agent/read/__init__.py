"""Readers of words: deterministic, pure, no I/O. Every value read derives from the words at its span and from ``now``."""

from __future__ import annotations

from agent.read.reading import Reading
from agent.read.reference import Reference
from agent.read.scan import exact, scan

__all__ = ["Reading", "Reference", "exact", "scan"]
