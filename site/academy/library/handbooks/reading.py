"""Reading a handbook and signing for it.

Read is an edition of which this person was served every chapter, signed in, and no faster than anybody reads: since the
first chapter was opened, by the server's clock, at least as long as all their text takes. Nobody can know more.
"""

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.core import reading
from academy.library.models import ChapterPage, ChapterReading, HandbookPage, HandbookSignature
from academy.organisations.models import Membership
from academy.records.locking import lock
from academy.records.log import record
from academy.records.models import Verb
from academy.records.refusals import RefusedError, write_down

LONGEST_TITLE = HandbookSignature._meta.get_field("title").max_length or 0


@dataclass(frozen=True, slots=True)
class Reading:
    """How far somebody is in the edition in force; `opened` says since when, by the key of the chapter."""

    handbook: HandbookPage
    opened: dict[str, datetime]
    signature: HandbookSignature | None

    @property
    def chapters(self) -> list[tuple[ChapterPage, bool]]:
        return [(chapter, chapter.key in self.opened) for chapter in self.handbook.chapters]

    @property
    def unread(self) -> list[ChapterPage]:
        return [chapter for chapter, is_open in self.chapters if not is_open]

    @property
    def next_chapter(self) -> ChapterPage | None:
        return next(iter(self.unread), None)

    def seconds(self, now: datetime) -> int:
        """Since the first of them was opened."""
        return int((now - min(self.opened.values())).total_seconds()) if self.opened else 0

    def refusal(self, now: datetime) -> str:
        """Why it cannot be signed for now; empty when it can."""
        if not self.handbook.edition or not self.handbook.chapters:
            return _("This handbook has no edition to sign for yet.")
        if n := len(self.unread):
            words = ngettext("Read %(n)s more chapter first.", "Read %(n)s more chapters first.", n)
            return words % {"n": n}
        return _too_fast(least_seconds(self.handbook) - self.seconds(now))


def reading_of(user: User | AnonymousUser, handbook: HandbookPage) -> Reading | None:
    if not isinstance(user, User):
        return None
    own = {"user__in": same_person(user), "handbook_key": handbook.key, "edition": handbook.edition}
    # of a chapter that was opened under two accounts, the first time
    rows = ChapterReading.objects.filter(**own).order_by("-opened_at").values_list("chapter_key", "opened_at")
    known = {chapter.key for chapter in handbook.chapters}
    opened = {key: moment for key, moment in rows if key in known}
    return Reading(handbook, opened, HandbookSignature.objects.filter(**own).order_by("signed_at").first())


def opened(user: User | AnonymousUser, chapter: ChapterPage) -> None:
    """Once an edition: what is opened again was open already."""
    handbook = chapter.handbook
    if not isinstance(user, User) or not handbook.edition:
        return
    _row, is_new = ChapterReading.objects.get_or_create(
        user=user, handbook_key=handbook.key, edition=handbook.edition, chapter_key=chapter.key
    )
    if is_new:
        evidence = {"handbook": handbook.key, "edition": handbook.edition}
        key = f"opened:{handbook.key}:{handbook.edition}:{chapter.key}"
        record(user, Verb.OPENED, chapter.key, chapter.title, evidence=evidence, key=key)


def least_seconds(handbook: HandbookPage) -> int:
    signs = sum(reading.signs(list(chapter.body.raw_data)) for chapter in handbook.chapters)
    return reading.least_seconds(signs, settings.FASTEST_READING)


def sign(user: User, handbook: HandbookPage, signed_as: str, now: datetime) -> HandbookSignature:
    """Said twice for one edition, the first stands. Raises RefusedError, which is written down."""
    try:
        with transaction.atomic():
            lock(user)
            return _signed(user, handbook, signed_as, now)
    except RefusedError as refused:
        claimed = {"edition": handbook.edition, "signed_as": signed_as}
        write_down(user, handbook.key, handbook.title, str(refused), claimed, at=now)
        raise


def _signed(user: User, handbook: HandbookPage, signed_as: str, now: datetime) -> HandbookSignature:
    found = reading_of(user, handbook)
    assert found is not None
    if found.signature:
        return found.signature
    if refusal := found.refusal(now):
        raise RefusedError(refusal)
    membership = Membership.objects.current_of(user)
    signature = HandbookSignature.objects.create(
        user=user,
        person_name=user.name or signed_as,
        signed_as=signed_as,
        signed_at=now,
        handbook_key=handbook.key,
        title=handbook.title[:LONGEST_TITLE],
        edition=handbook.edition,
        chapters=len(found.opened),
        minutes=found.seconds(now) // 60,
        **(membership.snapshot() if membership else {}),
    )
    _write_down(signature, found, now)
    return signature


def _write_down(signature: HandbookSignature, found: Reading, now: datetime) -> None:
    evidence = {
        "edition": signature.edition,
        "signed_as": signature.signed_as,
        "seconds": found.seconds(now),
        "chapters": {key: moment.isoformat() for key, moment in found.opened.items()},
    }
    key = f"signed:{signature.handbook_key}:{signature.edition}"
    record(
        signature.user,
        Verb.SIGNED,
        signature.handbook_key,
        signature.title,
        at=now,
        evidence=evidence,
        key=key,
    )


def _too_fast(left: int) -> str:
    if left <= 0:
        return ""
    minutes = -(-left // 60)
    words = ngettext(
        "Nobody reads so fast. Take another %(n)s minute for the text.",
        "Nobody reads so fast. Take another %(n)s minutes for the text.",
        minutes,
    )
    return words % {"n": minutes}
