"""Model resolver: asks a language model for a proposal."""
