"""Each kind of exam has its own addresses, with the same pages under them."""

from django.urls import path

from academy.exams import views

PREFIXES = {
    "course": "courses/<int:pk>/exam/",
    "spot": "spot-exams/<int:pk>/",
    "assigned": "assignments/<int:pk>/exam/",
}
PAGES = [
    ("", views.before, "before"),
    ("start/", views.start, "start"),
    ("<int:attempt_pk>/", views.sit, "sit"),
    ("<int:attempt_pk>/answers/", views.save, "save"),
    ("<int:attempt_pk>/hand-in/", views.hand_in, "hand_in"),
    ("<int:attempt_pk>/result/", views.result, "result"),
]

app_name = "exams"
urlpatterns = [
    path(f"{prefix}{rest}", view, {"kind": kind}, name=name)
    for kind, prefix in PREFIXES.items()
    for rest, view, name in PAGES
]
