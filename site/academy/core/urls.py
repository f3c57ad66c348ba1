from django.urls import path

from academy.core import views

app_name = "core"
urlpatterns = [
    path("display/", views.display, name="display"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]
