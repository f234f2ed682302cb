"""API orders: a verb, the record it applies to, and values after prepositions."""
