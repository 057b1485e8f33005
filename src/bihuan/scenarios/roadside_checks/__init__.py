"""遥感监测与路检: remote sensing, black smoke and terminals on board, and the recall of who exceeds again."""
