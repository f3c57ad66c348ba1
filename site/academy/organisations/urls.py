from django.urls import path

from academy.organisations import invited, views

app_name = "organisations"
urlpatterns = [
    path("me/work/", views.work, name="work"),
    path("me/requests/<int:pk>/withdraw/", invited.withdraw_request, name="withdraw"),
    path("join/", invited.without_code, name="invitations"),
    path("join/<str:code>/", invited.invited, name="invited"),
    path("join/<str:code>/no/", invited.no_thanks, name="no_thanks"),
    path("me/work/<int:pk>/leave/", views.leave_place, name="leave"),
    path("me/work/<int:pk>/name/", views.name_place, name="choose"),
]
