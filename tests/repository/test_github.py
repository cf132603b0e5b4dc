"""Workflows, issue forms, updates of pins and the container for Codespaces: each keeps to its schema."""

import json
import re
import tomllib
from pathlib import Path

import pytest
import yaml
from check_jsonschema.builtin_schemas import get_builtin_schema
from jsonschema import Draft7Validator
from packaging.specifiers import SpecifierSet

ROOT = Path(__file__).resolve().parents[2]
GITHUB = ROOT / ".github"
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
WORKFLOWS = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in GITHUB.glob("workflows/*")}
FORMS = {
    path.stem: yaml.safe_load(path.read_text(encoding="utf-8"))
    for path in GITHUB.glob("ISSUE_TEMPLATE/*")
    if path.stem != "config"
}
SCHEMAS = {
    "github-workflows": "workflows/*",
    "dependabot": "dependabot.yml",
    "github-issue-forms": "ISSUE_TEMPLATE/[!c]*",
    "github-issue-config": "ISSUE_TEMPLATE/config.yml",
}


def faults(schema, document):
    """What a schema that check-jsonschema carries finds wrong with a document."""
    written = {"on" if key is True else key: value for key, value in document.items()}  # YAML 1.1 reads `on` as true
    return [error.message for error in Draft7Validator(get_builtin_schema(f"vendor.{schema}")).iter_errors(written)]


@pytest.mark.parametrize(("schema", "pattern"), SCHEMAS.items())
def test_each_file_keeps_to_its_schema(schema, pattern):
    files = sorted(GITHUB.glob(pattern))
    assert files
    for path in files:
        assert not faults(schema, yaml.safe_load(path.read_text(encoding="utf-8"))), path


def test_a_file_that_does_not_keep_to_its_schema_is_noticed():
    assert faults("github-workflows", {"on": "push", "jobs": {"quick": {"runs_on": "ubuntu-latest"}}})
    assert faults("dependabot", {"version": 2, "updates": [{"package-ecosystem": "pipp"}]})


def test_no_file_is_left_unchecked():
    checked = {path for pattern in SCHEMAS.values() for path in GITHUB.glob(pattern)}
    assert {path for path in GITHUB.rglob("*") if path.is_file()} == checked


def jobs():
    return {f"{name}/{key}": job for name, workflow in WORKFLOWS.items() for key, job in workflow["jobs"].items()}


def commands(job):
    return [step["run"] for step in job["steps"] if "run" in step]


def pythons(job):
    """The versions of Python that a job runs with."""
    rows = job.get("strategy", {}).get("matrix", {}).get("include", [])
    named = [step["with"]["python-version"] for step in job["steps"] if "setup-python" in step.get("uses", "")]
    return [row["python"] for row in rows] if rows else named


@pytest.mark.parametrize("job", jobs().values(), ids=jobs().keys())
def test_a_job_ends_by_itself_may_only_read_and_uses_a_python_that_fits(job):
    assert job["timeout-minutes"] <= 60
    for step in job["steps"]:
        assert re.fullmatch(r"actions/[\w-]+@v\d+", step.get("uses", "actions/x@v1"))
    for version in pythons(job):
        assert isinstance(version, str), "without quotes 3.10 is the number 3.1"
        assert version in SpecifierSet(PROJECT["requires-python"])


def test_workflows_may_only_read():
    assert WORKFLOWS
    assert all(workflow["permissions"] == {"contents": "read"} for workflow in WORKFLOWS.values())


def test_every_python_and_every_system_is_tried_on_each_change():
    quick = WORKFLOWS["tests"]["jobs"]["quick"]
    rows = {(row["system"].partition("-")[0], row["python"]) for row in quick["strategy"]["matrix"]["include"]}
    fitting = {f"3.{minor}" for minor in range(30) if f"3.{minor}" in SpecifierSet(PROJECT["requires-python"])}
    assert {python for system, python in rows if system == "ubuntu"} == fitting
    assert "macos" in {system for system, _ in rows}
    assert WORKFLOWS["tests"]["jobs"]["windows"]["runs-on"].startswith("windows")
    assert commands(quick) == ["make check PYTHON=python"]
    assert commands(WORKFLOWS["tests"]["jobs"]["all"]) == [".ci/run"]


def test_windows_is_installed_by_the_line_of_the_readme():
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    line = re.search(r"^\.venv\\Scripts\\python -m pip install .*", readme, re.MULTILINE)[0]
    assert line in commands(WORKFLOWS["tests"]["jobs"]["windows"])


def test_every_extra_is_installed_where_the_quick_tests_run():
    for job in WORKFLOWS["weekly"]["jobs"].values():
        installs = [command for command in commands(job) if "-e " in command]
        assert {frozenset(re.search(r"\[([\w,]+)\]", line)[1].split(",")) for line in installs} == {
            frozenset(PROJECT["optional-dependencies"])
        }


def test_the_other_backends_are_tried_every_week():
    job = WORKFLOWS["weekly"]["jobs"]["backends"]
    assert job["strategy"]["matrix"]["backend"] == ["jax", "torch"]
    assert job["env"]["KERAS_BACKEND"] == "${{ matrix.backend }}"


def test_the_forms_ask_what_somebody_needs_who_looks_into_it():
    assert {form["name"] for form in FORMS.values()} == {
        "Something is wrong in a lesson",
        "An exercise answered wrongly",
    }
    asked = {name: [item["id"] for item in form["body"] if "id" in item] for name, form in FORMS.items()}
    assert {"lesson", "place", "wrong", "versions"} <= set(asked["lesson"])
    assert {"lesson", "exercise", "answer", "said", "expected"} <= set(asked["exercise"])


def test_codespaces_makes_the_environment_of_make_install():
    container = json.loads((ROOT / ".devcontainer" / "devcontainer.json").read_text(encoding="utf-8"))
    version = container["image"].rpartition(":")[2]
    assert version in SpecifierSet(PROJECT["requires-python"])
    assert container["onCreateCommand"] == "make install"
    assert container["forwardPorts"] == [8888]
    assert "ms-toolsai.jupyter" in container["customizations"]["vscode"]["extensions"]
