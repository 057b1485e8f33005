"""A file as the pages of this scenario answer with."""

from urllib.parse import quote

from django.http import HttpResponse

WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def download(content: bytes, name: str, media: str) -> HttpResponse:
    """A file to keep; Chinese in its name is allowed."""
    answer = HttpResponse(content, content_type=media)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer
