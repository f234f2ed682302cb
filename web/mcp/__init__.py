"""MCP server: the registry as tools of the Model Context Protocol, at ``/mcp`` (docs/guide/mcp.md).

The official SDK implements the protocol. It is heavy, so only ``web.mcp.endpoint`` imports ``web.mcp.server``, at the
first request, and nothing outside this package imports either's parts. Requests go through the same services as the
REST API's, under the same keys, scopes and limits. Nothing can be confirmed over MCP.
"""
