"""What may be: contracts and their signatures, connectors and their record kinds, the shortlist a request is resolved
against."""
