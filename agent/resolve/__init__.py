"""Resolvers: choose among the offered actions, and say which words stand for which parameter."""
