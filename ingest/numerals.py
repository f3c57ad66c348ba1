"""Chinese numerals as laws write them, up to 9,999."""

_DIGIT = "零一二三四五六七八九"
DIGITS = {digit: value for value, digit in enumerate(_DIGIT)} | {"〇": 0, "两": 2}
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


def written(value: int) -> str:
    """A number as laws write it: 「一百二十三」, 「十二」, 「一百零三」. Beyond 9,999, in figures."""
    if not 0 < value < 10_000:
        return "零" if value == 0 else str(value)
    found = ""
    for unit, size in (("千", 1000), ("百", 100), ("十", 10), ("", 1)):
        digit, value = divmod(value, size)
        if digit:
            found += _DIGIT[digit] + unit
        elif found and value and not found.endswith("零"):
            found += "零"
    return found.removeprefix("一") if found.startswith("一十") else found
