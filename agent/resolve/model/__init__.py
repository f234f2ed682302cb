"""The resolver that asks a language model."""
