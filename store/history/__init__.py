"""AI History: a hash-chained log, its search and its statistics."""
