"""扬尘工地和堆场 (dust of sites and yards)."""
