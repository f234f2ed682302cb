"""Resolvers: choose among the offered actions, and say which words belong to which parameter."""
