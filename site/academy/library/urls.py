from django.urls import path

from academy.library import views
from academy.library.handbooks.views import sign_for

app_name = "library"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("faq/", views.faq, name="faq"),
    path("sources/<int:pk>/", views.source, name="source"),
    path("handbooks/<int:pk>/sign/", sign_for, name="sign"),
]
