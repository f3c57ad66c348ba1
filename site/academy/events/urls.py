from django.urls import path

from academy.events import views

app_name = "events"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<int:pk>/", views.one, name="one"),
    path("<int:pk>/event.ics", views.ics, name="ics"),
    path("<int:pk>/code/<str:code>/", views.scanned, name="scanned"),
    path("<int:pk>/here/", views.here, name="here"),
]
