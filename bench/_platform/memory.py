"""Memory."""


def measured(rows: int, cards: int) -> None: ...
