"""What the lessons built, by topic: written by the build from the cells that a lesson exports, to be imported.

A recipe is a lesson's own code, so it is as typed and as documented as the lesson. Change it there.
"""
