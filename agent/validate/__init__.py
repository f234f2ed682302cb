"""Validation: turns drafts into a plan, a question or a refusal; every value gets a source."""
