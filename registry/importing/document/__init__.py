"""Imported documents of any format: parsed within bounds, references followed, schemas read, their API described."""
