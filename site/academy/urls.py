from django.conf import settings
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from academy.accounts.views import admin_entrance
from academy.core.serving import serve

urlpatterns = [
    path("", include("academy.core.urls")),
    path("accounts/", include("academy.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    # in place of Wagtail's own form, which lets anybody try passwords without end
    path("admin/login/", admin_entrance),
    path("admin/reports/site-history/", include("academy.accounts.history")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/<int:document_id>/<str:document_filename>", serve),
    path("documents/", include(wagtaildocs_urls)),
    path("i18n/", include("django.conf.urls.i18n")),
    path("me/", include("academy.reports.me_urls")),
    path("enterprises/", include("academy.reports.managing.urls")),
    path("staff/", include("academy.reports.managing.staff_urls")),
    path("staff/", include("academy.reports.merging.urls")),
    path("enterprises/", include("academy.reports.enterprise_urls")),
    path("staff/", include("academy.reports.urls")),
    path("staff/imports/", include("academy.organisations.imports.urls")),
    path("staff/", include("academy.reports.register.urls")),
    path("staff/questions/", include("academy.chat.topics.urls")),
    path("staff/events/", include("academy.events.staff_urls")),
    path("staff/spot-exams/", include("academy.exams.spot_urls")),
    path("staff/handbooks/", include("academy.library.handbooks.staff_urls")),
    path("staff/assignments/", include("academy.courses.assignments.staff_urls")),
    path(
        "enterprises/<int:enterprise_pk>/assignments/", include("academy.courses.assignments.enterprise_urls")
    ),
    path("enterprises/<int:enterprise_pk>/events/", include("academy.events.enterprise_urls")),
    path("enterprises/<int:enterprise_pk>/import/", include("academy.organisations.imports.enterprise_urls")),
    path("", include("academy.chat.urls")),
    path("", include("academy.library.urls")),
    path("", include("academy.organisations.urls")),
    path("", include("academy.records.urls")),
    path("events/", include("academy.events.urls")),
    path("courses/", include("academy.courses.urls")),
    path("", include("academy.exams.urls")),
]
if settings.STYLEGUIDE:
    urlpatterns.append(path("styleguide/", include("academy.styleguide.urls")))
urlpatterns.append(path("", include(wagtail_urls)))
