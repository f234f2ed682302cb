"""Registry: contracts with their signatures and importers, connectors with their record kinds, and the shortlist of
offers for a request."""
