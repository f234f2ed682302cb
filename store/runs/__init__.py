"""Runs, their calls, attempts and confirmations."""
