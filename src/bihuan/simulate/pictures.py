"""Drawn pictures for simulated inspections and cases."""

import io

from PIL import Image, ImageDraw


def drawn(text: str) -> tuple[str, bytes]:
    """Name and content of a picture that says it is simulated."""
    picture = Image.new("RGB", (640, 420), "#8a7f6a")
    draw = ImageDraw.Draw(picture)
    draw.rectangle((0, 300, 640, 420), fill="#5e5547")
    draw.text((20, 20), f"SIMULATED {text}", fill="white", font_size=28)
    memory = io.BytesIO()
    picture.save(memory, "JPEG", quality=70)
    return f"simulated-{text}.jpg".replace(" ", "-"), memory.getvalue()
