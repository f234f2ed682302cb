"""Composition root: one process's container, its workers and its maintenance."""
