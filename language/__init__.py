"""Language processing as data and pure functions: normalised text, numbers, stems, spelling, word lists, WordNet. It
knows only ``core``."""
