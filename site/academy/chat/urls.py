from django.urls import path

from academy.chat import views

app_name = "chat"
urlpatterns = [
    path("", views.ask_page, name="ask"),
    path("<uuid:pk>/", views.answer, name="answer"),
]
