"""Record cache: finds names without asking the platform. Records are checked against the platform before anything is
sent."""

from agent.record_cache.cache import ConnectorCache, RecordCaches

__all__ = ["ConnectorCache", "RecordCaches"]
