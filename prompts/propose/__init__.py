"""The prompt that asks a model for a proposal."""
