"""Chinese numerals as laws write them, up to 9,999."""

DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
UNITS = {"十": 10, "百": 100, "千": 1000}


def number(written: str) -> int:
    """「一百二十三」 or 「123」 as a number. Raises ValueError for anything else."""
    if written.isdecimal():
        return int(written)
    total = digit = 0
    for character in written:
        if character in UNITS:
            # 「十二」 begins with its unit: a one is meant before it
            total += (digit or 1) * UNITS[character]
            digit = 0
        elif character in DIGITS:
            digit = DIGITS[character]
        else:
            raise ValueError(f"not a numeral: {written}")
    return total + digit
