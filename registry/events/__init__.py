"""The catalogue of universal events."""
