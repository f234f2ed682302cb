"""Scores: verdicts, metrics, intervals."""
