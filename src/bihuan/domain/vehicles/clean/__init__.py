"""清洁运输: how many tonnes came and went by which mode, and what share of them was clean.

tonnes    passages and batches of other modes -> LOADS: tonnes by unit, month, direction, goods, mode, fuel, stage
goods     which goods count (goods.csv)
share     LOADS -> the share with its interval, and whether it reaches a goal
columns   the columns of the 清洁运输统计表
shifting  which flows hold the tonnes that a goal lacks
trucks    the trucks of a month, what they let out, which to replace
reported  what a unit reported beside what gates tell
goals     what texts ask for, dated, each with its source (goals.csv)
"""
