"""Normalization of a request: spelling, chat words, phrasal verbs, corrections; every place is remembered."""
