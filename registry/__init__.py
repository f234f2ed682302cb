"""Registry: contracts and their signatures, connectors and their record kinds, and the shortlist a request is resolved
against."""
