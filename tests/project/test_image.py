"""The image holds the packages and nothing else: no data, no settings, no secrets."""

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
IGNORE = (ROOT / ".dockerignore").read_text(encoding="utf-8").split()
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
PACKAGES = set(PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]["packages"])


def test_everything_is_left_out_but_what_is_named() -> None:
    """65: no secret gets into the image; what is not named here never reaches the builder."""
    assert IGNORE[0] == "*"
    named = {line.removeprefix("!") for line in IGNORE if line.startswith("!")}
    assert named == PACKAGES | {"pyproject.toml", "constraints.txt", "README.md", "LICENSE"}


def test_the_image_copies_every_package() -> None:
    copied = set(re.findall(r"^COPY (\w+) \1$", DOCKERFILE, re.MULTILINE))
    assert copied == PACKAGES


def test_the_image_sets_no_secret_and_runs_as_nobody_special() -> None:
    """65: the image carries no key or password and does not run as root."""
    settings = " ".join(re.findall(r"^ENV (.+)$", DOCKERFILE, re.MULTILINE))
    assert not re.search(r"KEY|PASSWORD|SECRET|URL", settings)
    assert re.search(r"^USER daqiao$", DOCKERFILE, re.MULTILINE)


def test_layers_and_lint_cover_every_package() -> None:
    assert set(PROJECT["tool"]["importlinter"]["root_packages"]) == PACKAGES
    assert set(PROJECT["tool"]["mypy"]["files"]) >= PACKAGES
    assert set(PROJECT["tool"]["coverage"]["run"]["source"]) == PACKAGES
