"""Phrases of a request: noun phrases, amounts, totals and conditions, read into the proposal language."""
