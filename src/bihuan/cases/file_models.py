"""What is kept of every file that came with something."""

from django.db import models


class KeptFile(models.Model):
    """A file that came with something, kept under its content's hash (`evidence`); it is not swept away while a row names it."""

    name = models.CharField(max_length=200)
    sha256 = models.CharField(max_length=64, db_index=True)
    media_type = models.CharField(max_length=100)
    size = models.PositiveBigIntegerField()
    taken_at = models.DateTimeField(null=True)
    lat = models.FloatField(null=True)
    lon = models.FloatField(null=True)

    class Meta:
        abstract = True
        ordering = ["id"]

    def __str__(self) -> str:
        return self.name

    @property
    def is_image(self) -> bool:
        """Can a page show it as a picture?"""
        return self.media_type.startswith("image/")
