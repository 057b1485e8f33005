"""What all outlets (排放口) have in common, whatever comes out of them: the law of each is in `emissions` and `sewage`.

tables           the register, limits, marks, arrivals; `Watched`, what checks look at
reading          the long table of loggers -> minutes, hours and days of outlets
marks            marks laid over time
quality_control  periods out of control
hours            every hour of a span, absent ones too
limits           the limit in force on a date
ledger           sums and rates of a month
checks           what is wrong with what came, and with what stands behind the values
"""
