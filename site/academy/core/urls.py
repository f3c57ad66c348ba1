from django.conf import settings
from django.urls import path
from django.views.static import serve

from academy.core import installing, views

app_name = "core"
urlpatterns = [
    path("manifest.webmanifest", installing.manifest, name="manifest"),
    path("sw.js", installing.service_worker, name="service_worker"),
    path("offline/", installing.offline, name="offline"),
    path("display/", views.display, name="display"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
    # Pictures as pages show them; originals and uploaded files stay behind Wagtail's own doors
    path("media/images/<path:path>", serve, {"document_root": settings.MEDIA_ROOT / "images"}),
]
