"""Runs, their calls and confirmations."""
