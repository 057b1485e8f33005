"""清洁运输: a line of business."""
