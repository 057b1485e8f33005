"""三级联网上报: what city and province say to each other about records of mobile sources: messages, codes of answers, comparison of days.

The text of the national interface was not at hand: names, codes and formats are tables of our own (`fields.csv`, `lists.csv`, `codes.csv`, 条款待核); another
platform's are other rows of the same tables.
"""
