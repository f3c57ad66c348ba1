from django.urls import path

from academy.chat.topics import pages

app_name = "questions"
urlpatterns = [
    path("", pages.queue, name="queue"),
    path("figures/", pages.weekly, name="figures"),
    path("<int:pk>/", pages.topic, name="topic"),
    path("<int:pk>/decide/", pages.decide, name="decide"),
]
