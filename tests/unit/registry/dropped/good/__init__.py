from .platform import Good

__all__ = ["Good"]
