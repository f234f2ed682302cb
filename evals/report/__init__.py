"""Reports: made, parsed, compared, kept, shown."""
