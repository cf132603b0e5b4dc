"""Marks and feedback for a class: `python -m aecourse.exercises.grade` puts these together.

`submissions` finds who handed in what, `putting_back` replaces the checks by the course's own, and `one` grades a
notebook. `process` starts another process for it, in which `run` executes what is `needed` inside the `fence`. `marks`
writes the table and the pages.
"""
