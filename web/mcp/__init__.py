"""MCP server: the registry as tools of the Model Context Protocol, at ``/mcp`` (docs/guide/mcp.md).

The official SDK speaks the protocol; it is heavy, so nothing outside this package imports ``web.mcp.server`` or what it
is made of, and ``web.mcp.endpoint`` does at the first request. What is asked goes through the services that the REST
API uses, under the same keys, scopes and limits. There is no way to confirm here.
"""
