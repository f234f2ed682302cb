"""Phrases of a request: noun phrases with their modifiers, amounts, totals and conditions, read into the proposal language."""
