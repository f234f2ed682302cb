"""Runs: service, decisions, approvals, recovery."""
