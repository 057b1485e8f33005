"""Dust of sites and yards: limits by place, judged hours, what a site gives off, from where a peak came. Plain functions on frames and numbers."""
