"""Exercises that answer back: each has a check and hints in steps.

`core` holds the machinery; one module a topic holds the exercises of that lesson:
`from aecourse.exercises import sound as exercise`, then `exercise.mix.check(my_mix)`. `record()` shows what was solved.
"""

TYPE_CHECKING = False  # as in `aecourse`: importing this room costs nothing

if TYPE_CHECKING:
    from aecourse.exercises.overview import record as record
else:

    def __getattr__(name):
        """Look up `record` when somebody asks for it."""
        if name == "record":
            from aecourse.exercises.overview import record

            return record
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
