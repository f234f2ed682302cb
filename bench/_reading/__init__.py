"""Parts of ``bench.reading_cost``."""
