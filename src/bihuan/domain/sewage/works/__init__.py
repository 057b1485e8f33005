"""Sewage works (污水处理厂) as the end of a network: from what they write down each day to what the network brings them.

    tables      DAYS, TERMS: what is known of a works and a day
    rules       figures of law and practice, dated, each with its source (rules.csv, goals.csv)
    months      DAYS -> MONTHS: load rate, flow-weighted concentrations, mass
    weather     dry and wet days -> flow of dry weather, water that rain brings, BOD of dry weather
    dilution    how much of the flow of dry weather is no sewage, by its BOD, as an interval
    collection  MONTHS -> collection rate of a county or city, and what it does not know
    shortfalls  where the network falls short: works by the people whose sewage does not arrive
    reuse       the balance of reused water: made, sent, used by whom, and what does not close

Effluent of monitored outlets (HJ 356) is judged by the modules of `domain/sewage` itself.
"""
