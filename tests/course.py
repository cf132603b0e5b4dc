"""The course of this checkout, read once for all tests: reading it parses every lesson."""

from pathlib import Path

from tools.lesson_format import read_course

ROOT = Path(__file__).resolve().parents[1]
COURSE = read_course(ROOT)
