"""The attack classes, each against real processes: a demo platform and a server, started the way an operator starts
them."""

from __future__ import annotations

from tests.acceptance.conftest import world

__all__ = ["world"]
