"""Names and phone numbers of people who do not exist."""

import numpy as np

from academy.demo.simulated.words import GIVEN, SURNAMES

# no mobile number begins with it, so that no message can ever reach anybody
RESERVED = "120"


def phone(number: int) -> str:
    return f"{RESERVED}{number:08d}"


def names_of(count: int, chance: np.random.Generator) -> list[str]:
    """The first surnames are those that most people have."""
    shares = 1 / np.arange(2, len(SURNAMES) + 2)
    surnames = np.array(list(SURNAMES))[chance.choice(len(SURNAMES), count, p=shares / shares.sum())]
    first, second = np.array(list(GIVEN))[chance.integers(0, len(GIVEN), (2, count))]
    second = np.where(chance.random(count) < 0.75, second, "")
    return [a + b + c for a, b, c in zip(surnames.tolist(), first.tolist(), second.tolist(), strict=True)]
