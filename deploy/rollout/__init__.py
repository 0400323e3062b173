"""Brings a stage to AWS and takes it away again: script/deploy and script/undeploy.

The steps, in order, are in steps.py. Two decisions are behind them (docs/decisions/0024):

- A migration runs in a second function, made for it of the new package and deleted again, while the
  version before goes on serving. So a package that does not start, settings that do not fit, and a
  migration that fails are met before anybody is served by them.
- Nothing is taken for granted about what is there: each step looks, and does what is missing.
"""
