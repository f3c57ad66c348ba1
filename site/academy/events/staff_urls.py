from django.urls import path

from academy.events import desk_views, late_views, list_views, screen_views, staff_views

app_name = "staff_events"
urlpatterns = [
    path("", staff_views.events, name="list"),
    path("new/", staff_views.plan, name="new"),
    path("<int:pk>/", staff_views.one, name="one"),
    path("<int:pk>/edit/", staff_views.change, name="edit"),
    path("<int:pk>/cancel/", staff_views.cancel, name="cancel"),
    path("<int:pk>/invite/", staff_views.invite, name="invite"),
    path("<int:pk>/uninvite/", staff_views.uninvite, name="uninvite"),
    path("<int:pk>/close/", staff_views.close, name="close"),
    path("<int:pk>/photos/", staff_views.photos, name="photos"),
    path("<int:pk>/photos/<int:photo_pk>/", staff_views.photo, name="photo"),
    path("<int:pk>/guided/<int:guidance_pk>/", staff_views.withdraw_guided, name="guided"),
    path("<int:pk>/screen/", screen_views.screen, name="screen"),
    path("<int:pk>/screen/code/", screen_views.code, name="code"),
    path("<int:pk>/desk/", desk_views.desk, name="desk"),
    path("<int:pk>/desk/found/", desk_views.found, name="found"),
    path("<int:pk>/desk/paper/", desk_views.paper, name="paper"),
    path("<int:pk>/sign-ins/", desk_views.receive, name="receive"),
    path("<int:pk>/scans/<int:scan_pk>/", late_views.decide, name="scan"),
    path("<int:pk>/minutes/", staff_views.minutes, name="minutes"),
    path("<int:pk>/list/", list_views.sign_ins, name="sign_ins"),
    path("<int:pk>/list/print/", list_views.printed, name="print"),
    path("<int:pk>/list/<int:sign_in_pk>/", list_views.sign_in, name="sign_in"),
    path("<int:pk>/list/<int:sign_in_pk>/out/", list_views.out, name="out"),
    path("<int:pk>/list/<int:sign_in_pk>/undo/", list_views.undo, name="undo"),
    path("<int:pk>/list/<int:sign_in_pk>/signature/", list_views.signature, name="signature"),
]
