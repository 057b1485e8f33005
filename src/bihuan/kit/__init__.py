"""What every line of business needs, once: it knows cases and the register, and no line of business."""
