"""Who asks: a person who has signed in, or a browser that keeps a name of its own for as long as it is open."""

import re
from dataclasses import dataclass
from secrets import token_hex

from django.conf import settings
from django.http import HttpRequest
from django.http.response import HttpResponseBase

from academy.accounts.models import User
from academy.core.limiting import network_of
from academy.library.audiences import EVERYBODY, Reader, reader_of

COOKIE = "asker"
LENGTH = 32


@dataclass(frozen=True)
class Asker:
    """`token` names a browser, which `is_new` before it has said it once; `program` an API key, `address` whoever
    shares one."""

    user: User | None = None
    token: str = ""
    reader: Reader = EVERYBODY
    address: str = ""
    program: str = ""
    is_new: bool = True

    @property
    def name(self) -> str:
        """What a person's limit is counted by."""
        return f"user:{self.user.pk}" if self.user else f"browser:{self.token}" if self.token else ""


def asker_of(request: HttpRequest) -> Asker:
    user = request.user if isinstance(request.user, User) else None
    token = request.COOKIES.get(COOKIE, "")
    is_new = not re.fullmatch(rf"[a-zA-Z0-9]{{{LENGTH}}}", token)
    return Asker(
        user,
        token_hex(LENGTH // 2) if is_new else token,
        reader_of(request),
        network_of(request),
        is_new=is_new,
    )


def remember(asker: Asker, response: HttpResponseBase) -> None:
    """Until the browser is closed: kitchens share their phones."""
    response.set_cookie(
        COOKIE, asker.token, httponly=True, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
    )


def may_ask(request: HttpRequest) -> bool:
    return settings.ANONYMOUS_ASKING or request.user.is_authenticated
