"""The subcommands of ``opsiq``, one a module."""
