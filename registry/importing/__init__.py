"""Importers of contracts: turn documents about other systems' APIs (``formats``) and the tools of MCP servers (``mcp``)
into drafts. ``tasks`` is what importers do with documents.
"""
