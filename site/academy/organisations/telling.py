"""Whoever keeps a staff list is told that somebody asks to be on it: by e-mail, where they have one. On `/me/` and
`/enterprises/` it stands until it is decided."""

import logging

from django.conf import settings
from django.core.mail import send_mail
from django.urls import reverse
from django.utils.translation import gettext as _
from django_tasks import task

from academy.core.limiting import within
from academy.organisations.models import EnterpriseManager, JoinRequest

logger = logging.getLogger(__name__)

# who asks, withdraws and asks again is no reason for one letter after another
LIMIT = "1/hour"


@task()
def tell_managers(request_pk: int) -> None:
    asked = JoinRequest.objects.undecided().filter(pk=request_pk).select_related("user", "enterprise", "post")
    for one in asked:
        if within(LIMIT, "asks to join", f"{one.user_id} {one.enterprise_id}"):
            _tell(one)


def _tell(asked: JoinRequest) -> None:
    managers = EnterpriseManager.objects.current().filter(enterprise=asked.enterprise, user__is_active=True)
    subject = _("Shi'an Academy: somebody asks to be on your staff list")
    for address in filter(None, managers.values_list("user__email", flat=True)):
        try:
            send_mail(subject, words(asked), None, [address])
        except Exception:  # whatever a mail server raises: it still stands on the page
            logger.exception("a manager was not told of request %s", asked.pk)


def words(asked: JoinRequest) -> str:
    page = settings.WAGTAILADMIN_BASE_URL.rstrip("/") + reverse(
        "managing:requests", args=[asked.enterprise_id]
    )
    said = {"name": asked.user.called, "post": asked.post, "enterprise": asked.enterprise, "url": page}
    return _("%(name)s says that they work at %(enterprise)s (%(post)s). Say yes or no: %(url)s") % said
