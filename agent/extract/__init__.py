"""Value readers: turn typed words into values of parameters. They are deterministic and pure, without I/O. Every value
derives from the words at its span and from ``now``."""

from __future__ import annotations

from agent.extract.parameter_reader import read_exact, scan
from agent.extract.reading import Reading
from agent.extract.references import Reference

__all__ = ["Reading", "Reference", "read_exact", "scan"]
