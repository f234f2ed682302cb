"""Phrases: reads noun phrases, amounts, totals and conditions of a request into the proposal language."""
