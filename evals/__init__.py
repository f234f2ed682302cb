"""Evals: runs cases through the planning path and scores them; has reports, gates and attacks."""
