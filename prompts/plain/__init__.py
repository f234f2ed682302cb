"""The shorter prompt that asks a small model for a proposal in plain form."""
