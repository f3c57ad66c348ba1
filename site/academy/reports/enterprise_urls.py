from django.urls import path

from academy.reports import enterprises

urlpatterns = [
    path("<int:pk>/numbers/", enterprises.numbers, name="enterprise_numbers"),
    path("<int:pk>/records/", enterprises.listed, {"name": "records"}, name="enterprise_records"),
    *(
        path(f"<int:pk>/numbers/{name}/", enterprises.listed, {"name": name}, name=f"enterprise_{name}")
        for name in ("persons", "held", "guided", "people", "learning", "exams")
    ),
    path("<int:pk>/numbers/certificates/", enterprises.earned, name="enterprise_certificates"),
]
