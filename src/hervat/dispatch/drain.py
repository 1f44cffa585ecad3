"""How long a backlog lasts: what waits, over how much faster it goes than more of it comes (`B / (mu - lambda)`)."""

from fractions import Fraction

from hervat.errors import Usage


def hours_to_drain(backlog: int, pace: Fraction | int, arriving: Fraction | int) -> Fraction | None:
    """The hours until a backlog is gone: `pace` and `arriving` in messages a second; None where it never is.

    Raises Usage for what cannot be a count or a pace. An empty backlog is gone whatever comes, as long as it can be kept up with.
    """
    if backlog < 0 or pace <= 0 or arriving < 0:
        raise Usage("a backlog has 0 or more messages, a pace is above 0, and what arrives is 0 or more messages a second")
    if arriving >= pace:
        return None
    return Fraction(backlog) / (Fraction(pace) - Fraction(arriving)) / 3600


def in_hours(hours: Fraction | None) -> str | None:
    """Hours with one decimal, rounded up, as a text; None where there are none."""
    if hours is None:
        return None
    tenths = -(-hours.numerator * 10 // hours.denominator)
    return f"{tenths // 10}.{tenths % 10}"


def warning_of(pace: Fraction | int, arriving: Fraction | int) -> str | None:
    """What whoever plans on a drain must read; None where it ends."""
    if arriving < pace:
        return None
    return f"This never drains: {float(arriving):g} messages a second arrive and {float(pace):g} are taken. Raise the pace, or send less."
