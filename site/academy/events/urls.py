from django.urls import path

from academy.events import late_views, views

app_name = "events"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<int:pk>/", views.one, name="one"),
    path("<int:pk>/event.ics", views.ics, name="ics"),
    path("<int:pk>/code/<str:code>/", views.scanned, name="scanned"),
    path("kept/", late_views.kept, name="kept"),
    path("<int:pk>/late/", late_views.late, name="late"),
    path("<int:pk>/here/", views.here, name="here"),
]
