from django.urls import path

from academy.events import enterprise_views

app_name = "own_events"
urlpatterns = [
    path("", enterprise_views.listed, name="list"),
    path("<int:pk>/", enterprise_views.one, name="one"),
]
