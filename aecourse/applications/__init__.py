"""A reader's own file in, a result out: one module a topic, on top of what the lessons build."""
