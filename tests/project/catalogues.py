"""The translations: bring the catalogues up to date (`make translations`), or say what is missing in them (`make lint`).

Source strings are Chinese. They stand in `_()` and `msg()` in Python, in `_()` and `{% trans %}` in templates, and as
labels of the closed lists in matcher.vocabulary, which are translated where they are shown.
"""

import importlib
import pkgutil
import re
import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from babel.messages import Catalog
from babel.messages.extract import extract_from_dir
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from matcher import vocabulary

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "web" / "translations"
LANGUAGES = ("en",)  # shipped beside the source language
PACKAGES = ("config", "matcher", "indexes", "workers", "web", "cli")
METHODS = [("**.py", "python"), ("**/templates/**.*", "jinja2"), ("**/mail/**.*", "jinja2")]
OPTIONS = {"**/templates/**.*": {"silent": "false"}, "**/mail/**.*": {"silent": "false"}}
KEYWORDS = {
    "_": None, "_l": None, "gettext": None, "lazy_gettext": None, "msg": None, "N_": None,
    "ngettext": (1, 2), "pgettext": ((1, "c"), 2),
}  # fmt: skip
PLACE = re.compile(r"%\((\w+)\)[sd]")
CHINESE = re.compile(r"[\u4e00-\u9fff]")


def labels() -> Iterator[str]:
    """Labels of every closed list, wherever in the matcher it stands, and of the code tables."""
    package = importlib.import_module("matcher")
    for module in pkgutil.walk_packages(package.__path__, "matcher."):
        if ".migrations" not in module.name:
            importlib.import_module(module.name)
    for terms in vocabulary.Term.__subclasses__():
        yield from (term.label for term in terms)
    yield from vocabulary.REGIONS.values()
    yield from vocabulary.TRL.values()
    for table in (vocabulary.TRL_BANDS, vocabulary.BUDGET_BANDS):
        yield from (row[-1] for row in table.values())


def extract() -> Catalog:
    """All source strings of the project."""
    catalogue = Catalog(project="daqiao", fuzzy=False)
    for package in PACKAGES:
        if not (ROOT / package).is_dir():
            continue
        found = extract_from_dir(
            str(ROOT / package),
            METHODS,
            OPTIONS,
            keywords=KEYWORDS,
            comment_tags=("i18n:",),
            strip_comment_tags=True,
        )
        for name, _line, message, comments, context in found:
            # no line numbers: they would change the catalogues with every edit
            catalogue.add(message, None, [(f"{package}/{name}", 0)], auto_comments=comments, context=context)
    for label in labels():
        if CHINESE.search(label):
            catalogue.add(label, None, [("matcher/vocabulary.py", 0)])
    return catalogue


def catalogues() -> dict[Path, Catalog]:
    """The stored catalogues by file."""
    found = {}
    for language in LANGUAGES:
        path = FOLDER / language / "LC_MESSAGES" / "messages.po"
        found[path] = Catalog(locale=language, project="daqiao", fuzzy=False)
        if path.exists():
            with path.open("rb") as file:
                found[path] = read_po(file, locale=language)
    return found


def _texts(message: object) -> tuple[str, ...]:
    return tuple(message) if isinstance(message, (tuple, list)) else (str(message),)


def problems() -> Iterator[str]:
    """What is missing, one line each."""
    source = extract()
    for path, catalogue in catalogues().items():
        language = path.parents[1].name
        for message in source:
            if not message.id:
                continue
            stored = catalogue.get(message.id, message.context)
            texts = _texts(stored.string) if stored else ()
            first = _texts(message.id)[0]
            if not stored or not all(texts):
                yield f"{language}: not translated: {first!r}"
            elif stored.fuzzy:
                yield f"{language}: marked fuzzy: {first!r}"
            elif any(
                set(PLACE.findall(text)) - set(PLACE.findall(" ".join(_texts(message.id)))) for text in texts
            ):
                yield f"{language}: names a place that the source has not: {first!r}"
            elif set(PLACE.findall(first)) - set(PLACE.findall(texts[-1])):
                yield f"{language}: leaves out a place: {first!r}"
            elif language == "en" and any(CHINESE.search(text) for text in texts):
                yield f"{language}: still Chinese: {first!r}"


def update() -> None:
    """Write new strings into the catalogues (empty, to be translated), drop those gone, compile."""
    source = extract()
    for path, catalogue in catalogues().items():
        catalogue.update(source, no_fuzzy_matching=True)
        catalogue.obsolete.clear()
        catalogue.revision_date = datetime.now(UTC)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("wb") as file:
            write_po(file, catalogue, width=110, sort_by_file=True, omit_header=False, include_lineno=False)
        with path.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)


def main() -> int:
    """0 when nothing is missing."""
    if "--update" in sys.argv:
        update()
    found = sorted(problems())
    for line in found[:200]:
        print(line)
    print(f"translations: {len(catalogues())} catalogues, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
