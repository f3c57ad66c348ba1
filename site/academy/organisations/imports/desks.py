"""Where files are brought in: by officials for their part of the city, by whoever keeps a staff list for that one place.

What others have brought in is found by whoever supervises all that it touched: they may undo it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import wraps
from typing import Any

from django.contrib.auth.decorators import login_required
from django.db.models import Exists, OuterRef
from django.http import Http404, HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone

from academy.accounts.access import permitted, staff_only
from academy.accounts.models import User
from academy.organisations.imports.beginning import KEPT
from academy.organisations.imports.kinds import KINDS, office
from academy.organisations.imports.remains import here
from academy.organisations.keeping import kept, shared
from academy.organisations.models import Enterprise, ImportChange, RegisterImport, RegisterImportQuerySet
from academy.organisations.scope import Scope, scope_of

View = Callable[..., HttpResponseBase]
Kind = RegisterImport.Kind


@dataclass(frozen=True, slots=True)
class Desk:
    user: User
    scope: Scope
    enterprise: Enterprise | None = None

    @property
    def home(self) -> str:
        """The pages of one file stand under it."""
        place = self.enterprise
        return reverse("own_imports:list", args=[place.pk]) if place else reverse("imports:list")

    @property
    def kinds(self) -> list[tuple[str, Any]]:
        return [(kind, Kind(kind).label) for kind in KINDS if self.enterprise is None or kind == Kind.PEOPLE]

    def context(self) -> dict[str, Any]:
        if self.enterprise is None:
            return {"nav": "imports", "base": "organisations/imports/base.html", "home": self.home}
        return {**shared(self.enterprise, "imports"), "base": "managing/base.html", "home": self.home}

    def known(self, kind: str) -> str:
        if kind not in dict(self.kinds):
            raise Http404(kind)
        return kind

    def own(self) -> RegisterImportQuerySet:
        mine = RegisterImport.objects.brought_in_by(self.user)
        return mine.filter(enterprise=self.enterprise).defer("data")

    def others(self) -> RegisterImportQuerySet:
        """As long as their rows are kept."""
        recent = self._all().exclude(user=self.user).filter(applied_at__gt=timezone.now() - KEPT)
        return overseen(recent, self.scope)

    def found(self, pk: int) -> RegisterImport:
        batches = self._all().filter(pk=pk).select_related("user", "undone_by")
        mine = batches.brought_in_by(self.user).first() or self._undone(batches).first()
        batch = mine or overseen(batches, self.scope).first()
        if batch is None:
            raise Http404(pk)
        return batch

    def brought_in(self, pk: int) -> RegisterImport:
        """Nobody imports what somebody else has brought in."""
        batch = self.own().filter(pk=pk).first()
        if batch is None:
            raise Http404(pk)
        return batch

    def _undone(self, batches: RegisterImportQuerySet) -> RegisterImportQuerySet:
        """Who has undone it here sees what became of it, though what it had made is there no more."""
        found = batches.filter(undone_by=self.user).exclude(user=self.user)
        everywhere = self.scope.whole or self.enterprise is not None
        return found if everywhere else found.filter(district__in=self.scope.districts)

    def _all(self) -> RegisterImportQuerySet:
        found = RegisterImport.objects.defer("data")
        return found.filter(enterprise=self.enterprise) if self.enterprise else found


def overseen(batches: RegisterImportQuerySet, scope: Scope) -> RegisterImportQuerySet:
    """Of those that were imported the ones of which every row that they made or changed is there, and in this scope."""
    journal = ImportChange.objects.filter(batch=OuterRef("pk"))
    found = batches.exclude(applied_at=None).filter(Exists(journal))
    for model, rows in {} if scope.whole else here(scope).items():
        found = found.exclude(Exists(journal.filter(model=model).exclude(key__in=rows.values("pk"))))
    return found


def official(view: View) -> View:
    """Who may change the register, and has a part of the city to do it in."""

    @permitted("organisations.change_enterprise")
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        assert isinstance(request.user, User)
        scope = office(scope_of(request.user))
        return view(request, Desk(request.user, scope), *args, **kwargs) if scope else staff_only(request)

    return guarded


def keeper(view: View) -> View:
    """Who keeps the staff list of this enterprise: its people only, and nothing else that they may see."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, enterprise_pk: int, **kwargs: Any) -> HttpResponseBase:
        assert isinstance(request.user, User)
        enterprise = kept(request, enterprise_pk)
        scope = Scope(enterprises=frozenset([enterprise.pk]))
        return view(request, Desk(request.user, scope, enterprise), **kwargs)

    return guarded
