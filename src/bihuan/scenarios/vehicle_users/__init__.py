"""重点用车单位门禁: a line of business."""
