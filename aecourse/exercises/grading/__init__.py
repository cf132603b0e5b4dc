"""Marks and feedback for a class: `python -m aecourse.exercises.grade` puts these together.

`submissions` finds who handed in what, `putting_back` replaces the checks by the course's own, `run` executes one
notebook in a process of its own inside the `fence`, and `marks` writes the table and the pages.
"""
