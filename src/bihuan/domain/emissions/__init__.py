"""Plant emissions: from what a stack's logger sent to valid hours, days, months and amounts.

    reading       the long table of loggers -> MINUTES, LOGGED, CORRECTIONS, ARRIVALS
    hours         MINUTES, OUTLETS, MARKS -> HOURS, and the hours that never came
    days          HOURS -> DAYS -> MONTHS, capture rate of the quarter
    substitution  HOURS -> AMOUNTS: kg of every hour, each with where it comes from
    compliance    HOURS, LIMITS -> what is over, ultra-low share
    ledger        AMOUNTS -> LEDGER, what the month report prints
    checks        what is wrong

Formulas are in `conversion`, reference oxygen and ultra-low limits in `processes`, marks over time in `marks`.
"""
