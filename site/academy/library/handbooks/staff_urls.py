from django.urls import path

from academy.library.handbooks import staff_views

app_name = "handbooks"
urlpatterns = [
    path("", staff_views.editions, name="editions"),
    path("edition/", staff_views.edition, name="edition"),
    path("send/", staff_views.send, name="send"),
    path("dispatches/", staff_views.dispatches, name="dispatches"),
    path("dispatches/<int:pk>/", staff_views.dispatch, name="dispatch"),
    path("signatures/", staff_views.signatures, name="signatures"),
]
