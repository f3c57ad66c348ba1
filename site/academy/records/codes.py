"""The code by which anybody may check a certificate: nobody can guess it, and anybody can read it out."""

import secrets
import unicodedata

# Digits and letters of which none looks like another: no 0 and O, 1 I L, 2 Z, 5 S, 8 B, U V.
ALPHABET = "23456789ACDEFGHJKMNPQRTVWXY"
# 27 ** 24 are 114 bits
LENGTH, GROUP = 24, 4
LOOKS_LIKE = str.maketrans("ZSBU", "258V")


def new_code() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def grouped(code: str) -> str:
    return "-".join(code[i : i + GROUP] for i in range(0, len(code), GROUP))


def read(typed: str) -> str:
    """The code that somebody meant: small letters, full-width ones, dashes, blanks and look-alikes are understood."""
    plain = unicodedata.normalize("NFKC", typed).upper()
    return "".join(char for char in plain if char.isascii() and char.isalnum()).translate(LOOKS_LIKE)


def is_code(code: str) -> bool:
    return len(code) == LENGTH and set(code) <= set(ALPHABET)
