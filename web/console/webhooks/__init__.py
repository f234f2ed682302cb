"""Console: webhook endpoints and deliveries."""
