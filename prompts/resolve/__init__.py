"""Choosing an action and naming the words for its parameters."""
