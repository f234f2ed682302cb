"""Job queue on NATS JetStream."""
