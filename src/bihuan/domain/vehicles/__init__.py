"""Vehicles on the road and off it: how they are named, and what is known of one.

plates      号牌: text as cameras and people write it -> plate, colour, and what was wrong with it
vin         车辆识别代号: its form and check digit (GB 16735-2019)
fuels       燃料: words and codes -> what drives it
stages      排放阶段: words -> stage; the latest stage that a date of registration allows, as a hint
passages    过车记录: PASSAGES, the columns in which gates tell who went in and out
pairing     进出配对: which way in and which way out are one visit
ledger      进出厂运输车辆台账: visits with their vehicle and load, and what in a record cannot stand
month       月表: passages, vehicles and tonnes by unit, fuel and stage
clean       清洁运输: tonnes by mode, shares, goals, trucks to replace
traffic     车流排放: what vehicles let out per kilometre
roadside    遥感、黑烟、车载远程终端: what the road tells of vehicles
"""
