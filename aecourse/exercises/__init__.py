"""Exercises that answer back: each has a check and hints in steps.

`core` holds the machinery; one module a topic holds the exercises of that lesson:
`from aecourse.exercises import sound as exercise`, then `exercise.mix.check(my_mix)`.
"""
