"""Conditions over events, parameters and records, in CEL."""
