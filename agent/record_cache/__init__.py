"""Record cache: finds names without asking the platform, and checks records against it before anything is sent."""

from agent.record_cache.cache import ConnectorCache, RecordCaches

__all__ = ["ConnectorCache", "RecordCaches"]
