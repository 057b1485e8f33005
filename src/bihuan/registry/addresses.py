"""From which address a request comes: one function for the audit log and for the locks of sign-in."""

from django.http import HttpRequest


def address_of(request: HttpRequest) -> str | None:
    """The network address of the visitor, as the web server gives it (it trusts only the proxies it was told of)."""
    return request.META.get("REMOTE_ADDR") or None
