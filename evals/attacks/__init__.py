"""Attacked cases."""
