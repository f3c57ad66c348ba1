from django.urls import path

from academy.exams import spot_views

app_name = "spot"
urlpatterns = [
    path("", spot_views.spot_exams, name="list"),
    path("new/", spot_views.plan, name="new"),
    path("<int:pk>/", spot_views.one, name="one"),
    path("<int:pk>/edit/", spot_views.plan, name="edit"),
    path("<int:pk>/draw/", spot_views.draw, name="draw"),
]
