"""The money of a campaign, in USD: what it reserves, spends and saves."""

from decimal import Decimal

from msgspec import Struct

ZERO = Decimal("0.00")


class Money(Struct, frozen=True, kw_only=True):
    """`simulated` is part of `spent`; `saved` is the price of cache hits."""

    reserved: Decimal = ZERO
    spent: Decimal = ZERO
    simulated: Decimal = ZERO
    possibly_spent: Decimal = ZERO
    saved: Decimal = ZERO

    @property
    def committed(self) -> Decimal:
        """The part of a budget that is used: reserved, spent and possibly spent."""
        return self.reserved + self.spent + self.possibly_spent

    def __add__(self, other: "Money") -> "Money":
        return Money(
            reserved=self.reserved + other.reserved,
            spent=self.spent + other.spent,
            simulated=self.simulated + other.simulated,
            possibly_spent=self.possibly_spent + other.possibly_spent,
            saved=self.saved + other.saved,
        )


class Savings(Struct, frozen=True, kw_only=True):
    """The price and the number of the requests that the cache answered."""

    amount: Decimal = ZERO
    hits: int = 0

    def __add__(self, other: "Savings") -> "Savings":
        return Savings(amount=self.amount + other.amount, hits=self.hits + other.hits)
