"""Plain language as data and pure functions: text made ready for reading, stems, spelling, word lists, WordNet. Knows
only ``core``."""
