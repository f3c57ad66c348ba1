"""Who may see which certificate."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import Exists, OuterRef, Prefetch, Q

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.organisations.scope import Scope, scope_of
from academy.records.models import Certificate, Completion, CompletionQuerySet
from academy.records.models.certificate import CertificateQuerySet


def certificates(scope: Scope) -> CertificateQuerySet:
    """Those that were earned here."""
    return Certificate.objects.filter(scope.made())


def with_certificates(completions: CompletionQuerySet) -> tuple[list[Completion], list[Certificate]]:
    """Completions, each with its certificates, and all of these together, the latest first. `is_renewed`: a later one that stands has taken its place."""
    later = Exists(Certificate.objects.standing().filter(renews=OuterRef("pk")))
    issued = Certificate.objects.select_related("revocation").annotate(is_renewed=later)
    found = list(completions.prefetch_related(Prefetch("certificates", issued)))
    every = [certificate for completion in found for certificate in completion.certificates.all()]
    return found, sorted(every, key=lambda one: (one.issued_at, one.pk), reverse=True)


def certificates_for(user: User | AnonymousUser) -> CertificateQuerySet:
    """One's own; whoever answers for a part of the city or for an enterprise may see those from there."""
    scope = scope_of(user)
    mine = Q(user__in=same_person(user)) if isinstance(user, User) else Q(pk__in=[])
    return Certificate.objects.filter(Q() if scope.whole else scope.made() | mine)


def may_see_score(user: User | AnonymousUser, certificate: Certificate) -> bool:
    """The holder, and who supervises where it was earned; whoever keeps a staff list reads passed, and no score."""
    if scope_of(user).tells_score(certificate.district_key):
        return True
    return isinstance(user, User) and same_person(user).filter(pk=certificate.user_id).exists()
