"""Who owes what."""


def owed(invoices: list[int], paid: list[int]) -> int:
    """What is still to be paid."""
    return sum(invoices) - sum(paid)
