from django.urls import path

from academy.courses import views

app_name = "courses"
urlpatterns = [
    path("lessons/<int:pk>/done/", views.finish, name="finish"),
    path("<int:pk>/exam/", views.exam, name="exam"),
    path("<int:pk>/exam/start/", views.start, name="start"),
    path("<int:pk>/exam/<int:attempt_pk>/", views.sit, name="sit"),
    path("<int:pk>/exam/<int:attempt_pk>/hand-in/", views.hand_in, name="hand_in"),
    path("<int:pk>/exam/<int:attempt_pk>/result/", views.result, name="result"),
]
