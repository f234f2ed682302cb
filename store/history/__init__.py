"""AI History: hash-chained log, its search and its statistics."""
