"""清洁运输: how many tonnes came and went by which mode, and what share of them was clean.

tonnes    passages and batches of other modes -> LOADS: tonnes by unit, month, mode, fuel, stage
share     LOADS -> the share with its interval, and what would reach a goal
goals     what texts ask for, dated, each with its source (goals.csv)
"""
