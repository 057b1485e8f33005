"""What the pages of patrols share."""
