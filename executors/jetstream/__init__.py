"""The queue's port on NATS JetStream."""
