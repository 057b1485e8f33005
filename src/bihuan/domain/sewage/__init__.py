"""Sewage outlets (污水排放口): from what a water logger sent to valid hours, days, months and amounts.

    tables        items, MINUTES, HOURS; what is the same at every outlet is taken from domain/outlets
    rules         the figures of HJ 353 to 356, dated, each with its source (rules.csv, comparison.csv)
    hours         MINUTES, OUTLETS, MARKS -> HOURS
    days          HOURS -> DAYS -> MONTHS, flow-weighted
    compliance    days against limits
    substitution  HOURS -> AMOUNTS: kg and m³ of every hour, each with where it comes from
    ledger        AMOUNTS -> what the month report prints
    checks        what is wrong

Reading (reading), marks over time (marks) and periods out of control (quality_control) are those of domain/outlets.
"""
