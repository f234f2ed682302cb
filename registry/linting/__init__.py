"""The contract linter."""
