"""Tools of MCP servers: contracts are imported from a server's list of tools, without a document."""
