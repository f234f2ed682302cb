"""Imported documents of any format: parsed within limits, references followed, schemas read, their API described."""
