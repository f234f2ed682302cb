"""Sending: claims, posts and settles the calls of a confirmed run."""
