"""办理统计 as people ask for it: how to group, which period, as of when; the board and the weekly letter."""
