"""Tools of MCP servers: contracts are imported from what a server lists, without a document."""
