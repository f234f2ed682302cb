"""Composition root: builds one process's container, its workers and its maintenance."""
