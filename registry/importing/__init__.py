"""Importers of contracts: documents that describe other systems' APIs (``formats``) and the tools of MCP servers
(``mcp``) become drafts. What importers do with documents is ``tasks``.
"""
