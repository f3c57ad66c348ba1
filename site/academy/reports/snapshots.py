"""The state of the city at one moment: who works where, which certificates hold, how far learners have come."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from academy.accounts.models import User
from academy.organisations.models import Enterprise
from academy.reports import certified, journeys, rosters
from academy.reports.certified import Certificates
from academy.reports.journeys import Journeys
from academy.reports.kept import Kept
from academy.reports.loading import canonical
from academy.reports.rosters import Roster


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`taken_at` is the moment of the first two; the journeys have their own."""

    roster: Roster
    certificates: Certificates
    journeys: Journeys
    taken_at: datetime

    @property
    def as_of(self) -> datetime:
        """Since when nothing in it is newer."""
        return min(self.taken_at, self.journeys.taken_at)

    def __len__(self) -> int:
        return len(self.roster) + len(self.certificates) + len(self.journeys)


# read in six seconds where a million courses were begun, which would make the others as old
_journeys: Callable[[], Journeys] = Kept(journeys.read).current


def _take() -> Snapshot:
    now, accounts, twins = timezone.now(), canonical(User), canonical(Enterprise)
    return Snapshot(rosters.read(accounts, twins), certified.read(twins), _journeys(), taken_at=now)


current: Callable[[], Snapshot] = Kept(_take).current
