"""A release: one version everywhere, a change log that knows it, a citation in the format's own terms."""

import importlib.metadata
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema
from jsonschema import Draft7Validator

import aecourse

ROOT = Path(__file__).resolve().parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
CITATION = yaml.safe_load((ROOT / "CITATION.cff").read_text(encoding="utf-8"))
CHANGES = (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_version_is_the_same_everywhere():
    assert aecourse.__version__ == importlib.metadata.version("aecourse")
    assert aecourse.__version__ == PROJECT["version"], "run `make install`"
    assert str(CITATION["version"]) == PROJECT["version"]


def test_the_version_costs_nothing_until_somebody_asks():
    code = "import aecourse, sys; print('importlib.metadata' in sys.modules, aecourse.__version__)"
    shown = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert shown.split() == ["False", PROJECT["version"]]


def test_a_name_that_the_package_does_not_have_is_an_error():
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        aecourse.nothing  # noqa: B018


def test_the_change_log_tells_of_this_version_and_what_comes_after():
    headings = re.findall(r"^## (.+)$", CHANGES, re.MULTILINE)
    assert headings[0] == "Unreleased"
    assert headings[1] == f"{PROJECT['version']} – {CITATION['date-released']}"
    kinds = {"Added", "Changed", "Deprecated", "Removed", "Fixed", "Security"}
    assert set(re.findall(r"^### (.+)$", CHANGES, re.MULTILINE)) <= kinds


def test_the_citation_keeps_to_its_format():
    schema = Draft7Validator(get_builtin_schema("vendor.citation-file-format"))
    assert not [error.message for error in schema.iter_errors(CITATION)]
    assert CITATION["title"] == "Autoencoders, from h = f(x) to y = g(f(x))"
    assert not {"url", "repository-code"} & set(CITATION)  # the address stands in pyproject.toml
