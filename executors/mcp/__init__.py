"""MCP client: tools of other MCP servers, called through the official SDK, which is imported where it is used."""
