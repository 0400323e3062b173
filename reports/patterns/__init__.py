"""The patterns behind the sales of a range of closed days, read from the rollups.

Each figure is that of `summarize_day`, added up; nothing here counts an order.
"""
