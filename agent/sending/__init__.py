"""Claim, act, settle: the calls of a run."""
