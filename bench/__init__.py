"""Measurements, each part from one run: `make bench`, or `make bench PARTS="engine soak"`.

    part     = async function that measures, and gives a Result (parts/)
    Result   = a table, the goals beside what was measured, and notes (results)
    show     = the table at 80 columns; reports/bench.json holds every figure

Competitors run in processes of their own and take turns, so that a noisy machine hits all of them; a figure is the
median of its rounds.
"""
