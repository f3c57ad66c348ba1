"""How often something may be done: counted in one place for all that this site limits."""

from contextlib import suppress
from functools import lru_cache
from ipaddress import IPv6Address

from allauth.account.adapter import get_adapter
from django.conf import settings
from django.http import HttpRequest
from limits import parse
from limits.storage import storage_from_string
from limits.strategies import FixedWindowRateLimiter


def within(limit: str, *named: str) -> bool:
    """Whether once more is within `60/minute`; if so, it is counted. No limit, no counting."""
    return not limit or limiter().hit(parse(limit), *named)


def used_up(limit: str, *named: str) -> bool:
    """Whether nothing is left of it; asking is not counted."""
    return bool(limit) and not limiter().test(parse(limit), *named)


@lru_cache(maxsize=1)
def limiter() -> FixedWindowRateLimiter:
    return FixedWindowRateLimiter(storage_from_string(settings.LIMITS_STORAGE))


def network_of(request: HttpRequest) -> str:
    """The address, behind the one proxy that is trusted. Of an IPv6 address the first half: the rest is the owner's to
    choose."""
    address: str = get_adapter().get_client_ip(request)
    with suppress(ValueError):
        ip = IPv6Address(address)
        return str(ip.ipv4_mapped or ip.exploded[:19])
    return address
