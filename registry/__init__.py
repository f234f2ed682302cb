"""Registry: contracts with their signatures and importers, connectors with their record kinds, and the shortlist that
a request is resolved against."""
