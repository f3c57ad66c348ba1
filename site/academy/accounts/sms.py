"""Text messages leave through one door; which gateway carries them is a setting."""

import logging
from functools import lru_cache
from typing import ClassVar, NamedTuple

from django.conf import settings
from django.utils.functional import Promise
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

logger = logging.getLogger(__name__)


class SmsError(Exception):
    """The gateway did not take the message."""


class SmsGateway:
    """What a provider's gateway implements. `hint` is shown where a code is awaited."""

    hint: str | Promise = ""

    def send(self, phone: str, text: str) -> None:
        """Hand `text` over for `phone` (eleven digits), or raise `SmsError`."""
        raise NotImplementedError


class ConsoleGateway(SmsGateway):
    """For development: messages appear on the server's console."""

    hint = _("Development: the code is on the server's console.")

    def send(self, phone: str, text: str) -> None:
        logger.info("[SMS] %s: %s", phone, text)


class Sms(NamedTuple):
    phone: str
    text: str


class MemoryGateway(SmsGateway):
    """For tests: keeps what was sent."""

    outbox: ClassVar[list[Sms]] = []

    def send(self, phone: str, text: str) -> None:
        self.outbox.append(Sms(phone, text))


def gateway() -> SmsGateway:
    return _loaded(settings.SMS_GATEWAY)


@lru_cache(maxsize=1)
def _loaded(path: str) -> SmsGateway:
    gateway: SmsGateway = import_string(path)()
    return gateway
