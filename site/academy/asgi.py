import os
import threading

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "academy.settings.production")
application = get_asgi_application()

from academy.core.knowledge import warm_up  # noqa: E402

# The model takes seconds to load; pages are served meanwhile, and the first question does not wait for it.
threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
