"""OpenAPI 3 and Swagger 2 documents: a format that contracts are imported from."""
