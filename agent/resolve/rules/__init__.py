"""Rule resolver: by grammar and words, without a model."""
