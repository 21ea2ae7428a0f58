"""Bring the generated parts of the documents up to date (`make documents`): the table of settings, the bridge's diagram."""

from pathlib import Path

from cli.doctor import settings_table
from matcher.diagram import mermaid

DOCS = Path(__file__).parents[2] / "docs"


def parts() -> dict[Path, tuple[str, str]]:
    """Each document with the name of its generated part and what belongs there."""
    return {
        DOCS / "operations.md": ("settings", settings_table()),
        DOCS / "bridge.md": ("diagram", f"```mermaid\n{mermaid()}\n```"),
    }


def stored(path: Path, name: str) -> str:
    """What the document says between its marks."""
    text = path.read_text(encoding="utf-8")
    return text.partition(f"<!-- {name}: begin -->\n")[2].partition(f"<!-- {name}: end -->")[0].strip()


def main() -> None:
    """Write every part that differs."""
    for path, (name, wanted) in parts().items():
        before, begin, rest = path.read_text(encoding="utf-8").partition(f"<!-- {name}: begin -->\n")
        end = f"<!-- {name}: end -->"
        path.write_text(before + begin + wanted + "\n" + end + rest.partition(end)[2], encoding="utf-8")


if __name__ == "__main__":
    main()
