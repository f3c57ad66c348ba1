import os
import threading

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.settings.production")
site = get_asgi_application()

from django.conf import settings  # noqa: E402

from academy.core.knowledge import warm_up  # noqa: E402
from academy.exams.gate import ExamGate  # noqa: E402

application = ExamGate(site, settings.EXAM_PAGES_AT_ONCE)

# The model takes seconds to load; pages are served meanwhile, and the first question does not wait for it.
threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
