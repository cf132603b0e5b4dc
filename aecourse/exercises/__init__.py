"""Exercises that answer back: each has a check and hints in steps.

`core` holds the machinery; one module a lesson (`lesson00`, `lesson01`, …) holds that lesson's exercises.
"""
