"""REST: webhook endpoints and deliveries."""
