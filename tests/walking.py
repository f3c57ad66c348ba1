"""Follows every number of a page to the list behind it."""

import csv
import io
import re
from collections.abc import Iterator
from functools import cache
from urllib.parse import parse_qs, urlencode, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from django.test import Client

NUMBER = re.compile(r"[\d,]+(\.\d+)?")
SHARE = re.compile(r"([\d,]+)(?: of |/)([\d,]+)")


class Walker:
    """`numbers` gives what a page says with the address that it leads to; `counted` what that list comes to."""

    def __init__(self, client: Client) -> None:
        self.client, self.seen = client, set[tuple[str, frozenset[str]]]()
        self.rows = cache(self._rows)
        self.page = cache(self._page)

    def _page(self, url: str) -> BeautifulSoup:
        response = self.client.get(url)
        assert response.status_code == 200, (url, response.status_code)
        return BeautifulSoup(response.content, "lxml")

    def _rows(self, url: str) -> list[dict[str, str]]:
        response = self.client.get(with_(url, format="csv"))
        assert response.status_code == 200, (url, response.status_code)
        assert response.get("Content-Type", "").startswith("text/csv"), f"{url} is refused"
        return list(csv.DictReader(io.StringIO(b"".join(response).decode("utf-8-sig"))))

    def numbers(self, url: str) -> Iterator[tuple[str, str, float, str]]:
        """Page and place, the kind of number, the number, and where it leads."""
        found = self.page(url)
        for stat in found.select(".stat"):
            link, value = stat.select_one("dt a"), stat.select_one("[data-stat]")
            is_share = value.small.text == "%"
            share = SHARE.search(stat.select_one("dd.d").text) if is_share else None
            text = share[1] if share else next(value.stripped_strings)
            if link and text != "—":
                yield (
                    f"{url} {value['data-stat']}",
                    value["data-stat"],
                    number(text),
                    urljoin(url, link["href"]),
                )
        for table in found.select("table"):
            heads = [head.text.strip() for head in table.select("thead th")]
            for row in table.select("tbody tr, tfoot tr"):
                yield from self._cells(url, heads, row)

    def _cells(self, url: str, heads: list[str], row: Tag) -> Iterator[tuple[str, str, float, str]]:
        label, *cells = row.select("th, td")
        for head, cell in zip(heads[1:], cells, strict=True):
            share, link = SHARE.search(cell.text), cell.select_one("a")
            text = share[1] if share else cell.text.strip()
            if link and NUMBER.fullmatch(text):
                yield f"{url} {label.text.strip()}: {head}", head, number(text), urljoin(url, link["href"])

    def counted(self, kind: str, url: str) -> float:
        """What the file of a list comes to: its lines, or its hours."""
        rows = self.rows(url)
        if kind in ("hours", "Training hours"):
            return sum(float(row["Training hours"]) for row in rows)
        return float(len(rows))

    def on_screen(self, url: str) -> int:
        """How many lines all pages of a list have together."""
        found, n = self.page(url), 1
        lines = len(found.select("tbody tr"))
        while found.select("a[rel=next]"):
            n += 1
            found = self.page(with_(url, page=str(n)))
            lines += len(found.select("tbody tr"))
        return lines

    def check(self, url: str) -> int:
        """Every number of a page equals its list; how many there were. What is asked for by the same filters is looked at on
        the screen once."""
        checked = 0
        for place, kind, said, target in self.numbers(url):
            assert self.counted(kind, target) == said, f"{place} says {said}; {target}"
            if _alike(target) not in self.seen:
                self.seen.add(_alike(target))
                assert self.on_screen(target) == len(self.rows(target)), target
                assert not self.page(target).select("[role=alert]"), target
            checked += 1
        return checked


def _alike(url: str) -> tuple[str, frozenset[str]]:
    parts = urlsplit(url)
    return parts.path, frozenset(parse_qs(parts.query))


def number(text: str) -> float:
    return float(text.replace(",", ""))


def with_(url: str, **more: str) -> str:
    return f"{url}{'&' if '?' in url else '?'}{urlencode(more)}"
