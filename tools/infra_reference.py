"""Generate the tables of infra/reference.md (inputs, outputs) and docs/costs.md."""

import re
from pathlib import Path

from tools.infra_costs import month_table, price_table, round_table, view_table

ROOT = Path(__file__).resolve().parents[1]
INFRA = ROOT / "infra"
DOCUMENTS = (INFRA / "reference.md", ROOT / "docs" / "costs.md")

# The layout of `terraform fmt`: a block's own arguments are indented by two.
_BLOCK = re.compile(r'^(variable|output) "(\w+)" {\n(.*?)^}$', re.MULTILINE | re.DOTALL)
_ARGUMENT = re.compile(
    r"^  (description|type|default) += (.*?)(?=^  \w+ *[={]|^$|\Z)", re.MULTILINE | re.DOTALL
)


def main() -> None:
    for document in DOCUMENTS:
        document.write_text(with_tables(document.read_text("utf-8")), "utf-8")


def with_tables(document: str) -> str:
    """Return the document with the current text of each table that it marks."""
    source = "\n".join(path.read_text("utf-8") for path in sorted(INFRA.glob("*.tf")))
    tables = {
        "inputs": inputs(source),
        "outputs": outputs(source),
        "costs": month_table(),
        "prices": price_table(),
        "rounds": round_table(),
        "views": view_table(),
    }
    for name, lines in tables.items():
        begin, end = f"<!-- {name} -->\n", f"<!-- /{name} -->"
        before, found, rest = document.partition(begin)
        if found:
            _, _, after = rest.partition(end)
            document = "".join([before, begin, *(f"{line}\n" for line in lines), end, after])
    return document


def inputs(source: str) -> list[str]:
    """Return a table of the variables; the required ones first."""
    variables = blocks(source, "variable")
    rows = [
        f"| `{name}` | {_code(stated['type'])} | {_default(stated)} "
        f"| {_text(stated['description'])} |"
        for name, stated in sorted(variables.items(), key=lambda item: "default" in item[1])
    ]
    return ["| input | type | default | description |", "| --- | --- | --- | --- |", *rows]


def outputs(source: str) -> list[str]:
    rows = [
        f"| `{name}` | {_text(stated['description'])} |"
        for name, stated in blocks(source, "output").items()
    ]
    return ["| output | description |", "| --- | --- |", *rows]


def blocks(source: str, kind: str) -> dict[str, dict[str, str]]:
    """Return the arguments of the blocks of one kind, by name, in the order of the source."""
    return {
        match[2]: dict(_ARGUMENT.findall(match[3]))
        for match in _BLOCK.finditer(source)
        if match[1] == kind
    }


def _default(stated: dict[str, str]) -> str:
    return _code(stated["default"]) if "default" in stated else "**required**"


def _code(expression: str) -> str:
    """Return the expression on one line; the description explains a default of null."""
    line = re.sub(r" *\n *", ", ", re.sub(r" {2,}", " ", expression.strip()))
    line = line.replace("{, ", "{ ").replace(", }", " }")
    return "" if line == "null" else f"`{line}`"


def _text(quoted: str) -> str:
    return quoted.strip().removeprefix('"').removesuffix('"').replace('\\"', '"')


if __name__ == "__main__":
    main()
