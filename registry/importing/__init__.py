"""Importers: an OpenAPI document becomes unsigned drafts of contracts (``openapi``), in a process of its own
(``tasks``). The tools of an MCP server are read by ``registry.mcp_tools``."""
