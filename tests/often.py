"""How often machines try: on a server, where each question takes longer, a third as often as in memory."""

from django.db import connection


def often(times: int) -> int:
    return times if connection.vendor == "sqlite" else times // 3
