"""Vehicles as the road sees them: remote sensing (HJ 845-2017), and what their terminals send on the way (GB 17691-2018).

tables       SENSED and MINUTES: the columns in which both are kept
limits       limits of the day by fuel (limits.csv)
sensing      which records may be judged, which exceed, who exceeds again
instruments  faults of the instruments themselves: values that stand still, few valid records, drift against the others
terminals    seconds -> minutes -> days of a terminal, and what a day shows
"""
