"""The web process's entry point."""

from django.core.asgi import get_asgi_application

from bihuan.web.body_limit import BodyLimit

application = BodyLimit(get_asgi_application())
