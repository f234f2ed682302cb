"""API documents (OpenAPI, Swagger): parsed within bounds, references followed, operations and schemas read."""
