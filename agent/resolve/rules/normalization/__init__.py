"""Normalization of a request: chat words, spelling, phrasal verbs and corrections, with every place in the typed text kept."""
