from django.conf import settings
from django.urls import include, path
from wagtail import urls as wagtail_urls
from wagtail.admin import urls as wagtailadmin_urls
from wagtail.documents import urls as wagtaildocs_urls

from academy.core.serving import serve

urlpatterns = [
    path("", include("academy.core.urls")),
    path("accounts/", include("academy.accounts.urls")),
    path("accounts/", include("allauth.urls")),
    path("admin/", include(wagtailadmin_urls)),
    path("documents/<int:document_id>/<str:document_filename>", serve),
    path("documents/", include(wagtaildocs_urls)),
    path("i18n/", include("django.conf.urls.i18n")),
    path("me/", include("academy.reports.me_urls")),
    path("staff/", include("academy.reports.urls")),
    path("staff/imports/", include("academy.organisations.imports.urls")),
    path("staff/questions/", include("academy.chat.topics.urls")),
    path("staff/spot-exams/", include("academy.exams.spot_urls")),
    path("", include("academy.chat.urls")),
    path("", include("academy.library.urls")),
    path("", include("academy.organisations.urls")),
    path("", include("academy.records.urls")),
    path("courses/", include("academy.courses.urls")),
    path("", include("academy.exams.urls")),
]
if settings.STYLEGUIDE:
    urlpatterns.append(path("styleguide/", include("academy.styleguide.urls")))
urlpatterns.append(path("", include(wagtail_urls)))
