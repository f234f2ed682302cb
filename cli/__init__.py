"""The ``opsiq`` command. Every subcommand imports what it needs when it runs, so that ``opsiq --help`` stays quick."""
