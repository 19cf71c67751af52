"""Write the schema of the provider: every type that a *.tf file names.

    python -m tests.infra.provider.derive

It asks for the published bindings of the google provider, 65 MB, and keeps what
it needs. Run it when the module names a new type, or to move on to a newer provider.
"""

import json
import re
import subprocess
import sys
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path
from zipfile import ZipFile

from tests.infra.provider import bindings
from tests.infra.provider.bindings import Json
from tests.infra.provider.schema import SOURCE

SCHEMA = Path(__file__).parent / "schemas" / "google-8.7.0.json"
ROOT = Path(__file__).parents[3]

# They bind the version of the provider that the file is named by.
BINDINGS = "cdktn-provider-google==21.1.0"

_NAMED = re.compile(r'^(resource|data) "google_(\w+)"', re.MULTILINE)


def types_named() -> set[tuple[str, str]]:
    """Return the kind, resource or data, and the name without its prefix."""
    files = [*ROOT.glob("infra/**/*.tf"), *ROOT.glob("tests/infra/**/*.tf")]
    return {named for file in files for named in _NAMED.findall(file.read_text("utf-8"))}


def download(folder: Path) -> Path:
    """Return the folder of the unpacked bindings."""
    subprocess.run(
        [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "-d", folder, BINDINGS],
        check=True,
    )
    with ZipFile(next(folder.glob("*.whl"))) as wheel:
        name = next(name for name in wheel.namelist() if name.endswith(".jsii.tgz"))
        archive = wheel.extract(name, folder)
    with tarfile.open(archive) as bundle:
        bundle.extractall(folder, filter="data")
    return folder / "package" / "lib"


def derive(lib: Path, types: Iterable[tuple[str, str]]) -> Json:
    """Return the provider's own schema and those of the types."""
    schemas: dict[str, dict[str, Json]] = {"resource": {}, "data": {}}
    for kind, name in sorted(types):
        schemas[kind][f"google_{name}"] = bindings.schema(lib / folder_of(kind, name))
    return {
        "provider": without_endpoints(bindings.schema(lib / "provider")),
        "resource_schemas": schemas["resource"],
        "data_source_schemas": schemas["data"],
    }


def folder_of(kind: str, name: str) -> str:
    """Return the folder that binds the type."""
    words = name.replace("_", "-")
    return words if kind == "resource" else f"data-google-{words}"


def without_endpoints(provider: Json) -> Json:
    """Leave out the 190 addresses by which another cloud could be meant."""
    attributes = provider["block"]["attributes"]
    kept = {name: attributes[name] for name in attributes if not name.endswith("_custom_endpoint")}
    return {**provider, "block": {**provider["block"], "attributes": kept}}


def text(derived: Json) -> str:
    """Return what `terraform providers schema -json` would say, with a line for each type."""
    compact = json.dumps({"format_version": "1.0", "provider_schemas": {SOURCE: derived}})
    types = re.compile(r' (?="google_\w+": \{"version")|(?<=\{)(?="google_\w+": \{"version")')
    return types.sub("\n", compact) + "\n"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        schema = derive(download(Path(folder)), types_named())
    SCHEMA.write_text(text(schema), "utf-8")


if __name__ == "__main__":
    main()
