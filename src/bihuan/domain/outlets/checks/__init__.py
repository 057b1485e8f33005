"""Checks that hold for every outlet; the media name them in their catalogues."""
