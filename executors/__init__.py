"""Executors: signed HTTP calls, reads of platforms, MCP tools, retries and durable jobs."""
