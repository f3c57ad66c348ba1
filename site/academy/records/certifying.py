"""How a certificate comes to be, is renewed, and ends. Everything about one person happens one after the other."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from academy.accounts.models import User
from academy.accounts.persons import same_person
from academy.records.codes import new_code
from academy.records.locking import lock
from academy.records.log import record
from academy.records.models import Certificate, CertificateSeries, Completion, Revocation, Verb
from academy.records.refusals import RefusedError
from academy.records.terms import first_day, is_time_to_renew, last_day

FIRST = "completion"
PREFIX = "SA"


@transaction.atomic
def certify(
    completion: Completion,
    validity_months: int,
    *,
    renews: Certificate | None = None,
    occasion: str = FIRST,
    score: int | None = None,
    at: datetime | None = None,
) -> Certificate:
    """The one certificate of this completion and occasion. It renews the person's last one of the course, if any."""
    lock(completion.user)
    if known := Certificate.objects.filter(completion=completion, occasion=occasion).first():
        return known
    moment = at or timezone.now()
    day = timezone.localdate(moment, timezone.get_default_timezone())
    renews = renews or _last_of(completion.user, completion.course_key)
    starts_on = first_day(day, renews.expires_on if renews else None)
    certificate = Certificate.objects.create(
        completion=completion,
        occasion=occasion,
        user=completion.user,
        renews=renews,
        number=_next_number(day.year),
        code=new_code(),
        issuer=settings.CERTIFICATE_ISSUER,
        person_name=completion.user.name or completion.person_name,
        course_key=completion.course_key,
        course_title=completion.course_title,
        edition=completion.edition,
        hours=completion.hours,
        score=completion.score if score is None else score,
        issued_at=moment,
        starts_on=starts_on,
        expires_on=last_day(starts_on, validity_months),
        **completion.placing(),
    )
    write_down(
        certificate, Verb.CERTIFIED, {"until": certificate.expires_on, "renews": renews and renews.number}
    )
    return certificate


@transaction.atomic
def renew(
    completion: Completion,
    validity_months: int,
    *,
    occasion: str,
    score: int | None = None,
    at: datetime | None = None,
) -> Certificate:
    """Who passes the exam again around the end gets a new certificate of the same completion; the old one stays."""
    lock(completion.user)
    if known := Certificate.objects.filter(completion=completion, occasion=occasion).first():
        return known
    last = _last_of(completion.user, completion.course_key)
    if last is None:
        raise RefusedError(_("There is no certificate to renew."))
    moment = at or timezone.now()
    if not is_time_to_renew(last.expires_on, timezone.localdate(moment, timezone.get_default_timezone())):
        raise RefusedError(_("A certificate is renewed from 60 days before its end."))
    return certify(completion, validity_months, renews=last, occasion=occasion, score=score, at=moment)


@transaction.atomic
def revoke(certificate: Certificate, by: User, reason: str) -> Revocation:
    """Once, and for a reason: said again, the first stands."""
    reason = reason.strip()
    if not reason:
        raise RefusedError(_("Say why: the reason stands on the certificate."))
    lock(certificate.user)
    revocation, is_new = Revocation.objects.get_or_create(
        certificate=certificate, defaults={"by": by, "reason": reason}
    )
    if is_new:
        write_down(certificate, Verb.REVOKED, {"reason": reason, "by": by.pk})
    return revocation


def write_down(certificate: Certificate, verb: Verb, evidence: dict[str, Any], occasion: str = "") -> None:
    """Into the log, once for a certificate, or for each occasion."""
    record(
        certificate.user,
        verb,
        f"certificate:{certificate.number}",
        certificate.course_title,
        edition=certificate.edition,
        evidence={"course": certificate.completion.course_key, **evidence},
        key=":".join(filter(None, (verb, certificate.number, occasion))),
    )


def _last_of(user: User, course_key: str) -> Certificate | None:
    return Certificate.objects.standing().filter(user__in=same_person(user)).of_course(course_key).first()


def _next_number(year: int) -> str:
    """Without a gap: a number whose certificate came to nothing is given again."""
    CertificateSeries.objects.get_or_create(year=year)
    series = CertificateSeries.objects.select_for_update().get(year=year)
    series.last += 1
    series.save()
    return f"{PREFIX}-{year}-{series.last:06d}"
