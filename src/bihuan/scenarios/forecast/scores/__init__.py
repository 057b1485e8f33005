"""How good the forecast was: what runs said beside what was measured, scored, split, watched and reported."""
