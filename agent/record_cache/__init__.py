"""Records that are kept beside a workspace: found without asking the platform, checked against it before anything is
sent."""

from agent.record_cache.cache import ConnectorCache, RecordCaches

__all__ = ["ConnectorCache", "RecordCaches"]
