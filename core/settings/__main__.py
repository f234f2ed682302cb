"""``python -m core.settings`` writes docs/reference/settings.md to standard output."""

from __future__ import annotations

import sys

from core.settings.reference import render_reference

sys.stdout.write(render_reference())
