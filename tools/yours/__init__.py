"""Small files that look like a reader's own, made for the sections *Now yours*."""
