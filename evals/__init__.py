"""Evals: cases are run through the planning path and scored; reports, gates and attacks."""
