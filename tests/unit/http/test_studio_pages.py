"""The studio's modules, which are sent as one, and its files, which are deployed."""

import os
import re
import shutil
import subprocess
from collections import Counter
from pathlib import Path

import pytest

from shared.domain.clip_warnings import ClipWarningCode
from shared.domain.errors import NotFoundError
from shared.http import studio_files
from shared.http.operation_descriptions import CODES
from shared.http.studio_files import FOLDER, LANGUAGES, join_modules, studio_file

ROOT = Path(__file__).parents[3]

_IMPORTS = re.compile(r'import \{([^}]*)\} from "(\.{1,2}/[\w-]+\.js)"')
_LATER = re.compile(r'\bimport\("\./([\w-]+\.js)"\)')
_EXPORTS = re.compile(r"^export (?:async )?(?:class|const|function) (\w+)", re.MULTILINE)
_NAMES_OF_TEXTS = re.compile(r"^  (\w+)(?::|,)", re.MULTILINE)
_TOP_LEVEL = re.compile(r"^(?:async )?(?:class|const|function|let) (\w+)", re.MULTILINE)


@pytest.fixture
def modules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(studio_files, "FOLDER", tmp_path)
    (tmp_path / "review.js").write_text("")
    return tmp_path


def test_each_module_is_sent_once_after_its_imports(modules: Path) -> None:
    (modules / "c.js").write_text("/** A\n * constant. */\nexport const C = 1;\n")
    (modules / "b.js").write_text('import { C } from "./c.js";\n\nexport function b() {}\n')
    entry = 'import {\n  C,\n} from "./c.js";\nimport { b } from "./b.js";\nexport class A {}\n'
    (modules / "studio.js").write_text(entry)

    joined = " ".join(join_modules("studio.js").split())
    assert joined == "const C = 1; function b() {} class A {}"


def test_a_language_replaces_the_modules_that_its_folder_has(modules: Path) -> None:
    (modules / "studio.js").write_text('import { A } from "./a.js";\nimport("./later.js");\n')
    (modules / "later.js").write_text('import { A } from "./a.js";\nexport const L = A;\n')
    (modules / "a.js").write_text('import { B } from "./b.js";\nexport const A = B;\n')
    (modules / "b.js").write_text("export const B = 1;\n")
    (modules / "xx").mkdir()
    (modules / "xx" / "a.js").write_text('import { B } from "../b.js";\nexport const A = -B;\n')

    first, later = join_modules("studio.js", "xx"), join_modules("later.js", "xx")
    assert " ".join(first.split()) == (
        'const B = 1; const A = -B; import("./later.xx.js"); export { A };'
    )
    assert " ".join(later.split()) == 'import { A } from "./studio.xx.js"; export const L = A;'


def test_every_module_of_the_studio_is_sent() -> None:
    later = set(_LATER.findall(_all_sources()))
    script = "".join(map(join_modules, ["studio.js", "review.js", *later]))

    assert later
    for path in FOLDER.glob("*.js"):
        names = _TOP_LEVEL.findall(path.read_text("utf-8").replace("export ", ""))
        assert names
        assert all(re.search(rf"\b{name}\b", script) for name in names), path.name


def test_every_style_sheet_of_the_studio_is_sent_once() -> None:
    sheet = join_modules("studio.css")

    sheets = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.css")}
    assert len(sheets) > 1
    assert "@import" not in sheet
    assert all(sheet.count(text) == 1 for name, text in sheets.items() if name != "studio.css")


def test_the_modules_share_no_top_level_name() -> None:
    script = join_modules("studio.js")

    assert not re.search(r"^(?:import|export (?!\{))", script, re.MULTILINE)
    sources = [path.read_text("utf-8") for path in FOLDER.glob("*.js")]
    declared = _TOP_LEVEL.findall("\n".join(sources).replace("export ", ""))
    repeated = [name for name, times in Counter(declared).items() if times > 1]
    assert repeated == []


@pytest.mark.parametrize(
    "path", sorted(FOLDER.rglob("*.js")), ids=lambda path: str(path.relative_to(FOLDER))
)
def test_a_module_imports_what_is_exported_and_what_it_uses(path: Path) -> None:
    source = path.read_text("utf-8")

    for names, module in _IMPORTS.findall(source):
        exported = _EXPORTS.findall((path.parent / module).read_text("utf-8"))
        for name in re.findall(r"\w+", names):
            assert name in exported, f"{name} of {module}"
            assert len(re.findall(rf"\b{name}\b", source)) > 1, f"{name} is not used"


def test_every_exported_name_is_imported_somewhere() -> None:
    sources = {path.name: path.read_text("utf-8") for path in FOLDER.glob("*.js")}
    imported = {
        (module.removeprefix("./"), name)
        for source in sources.values()
        for names, module in _IMPORTS.findall(source)
        for name in re.findall(r"\w+", names)
    }
    exported = {
        (module, name) for module, source in sources.items() for name in _EXPORTS.findall(source)
    }

    # The script imports these, of one name each, when they are opened.
    later = sorted(set(_LATER.findall(_all_sources())))
    assert sorted(module for module, _ in exported - imported) == later


def _all_sources() -> str:
    return "".join(path.read_text("utf-8") for path in sorted(FOLDER.glob("*.js")))


def test_every_text_is_used() -> None:
    texts = (FOLDER / "texts.js").read_text("utf-8")
    names = re.findall(r"^  (\w+)(?::|,)", texts.partition("export const EXAMPLE")[0], re.MULTILINE)
    used = "".join(path.read_text("utf-8") for path in FOLDER.glob("*.*"))

    unused = [name for name in names if not re.search(rf'TEXTS\.{name}\b|data-text="{name}"', used)]
    assert unused == []


def test_the_page_offers_every_language() -> None:
    offered = re.findall(r'<option value="(\w+)"', (FOLDER / "studio.html").read_text("utf-8"))

    assert sorted(offered) == sorted(LANGUAGES)


@pytest.mark.parametrize("language", LANGUAGES[1:])
def test_a_language_translates_every_module_of_texts(language: str) -> None:
    """The type checker compares the texts, but allows one more in the translation."""
    texts = {path.name for path in FOLDER.glob("*texts.js")}

    assert texts == {path.name for path in (FOLDER / language).glob("*.js")}
    for name in texts:
        original, translation = (
            path.read_text("utf-8") for path in (FOLDER / name, FOLDER / language / name)
        )
        assert sorted(_EXPORTS.findall(original)) == sorted(_EXPORTS.findall(translation)), name
        assert "/** @type {" in translation, name
        if name != "idea_texts.js":
            found = _NAMES_OF_TEXTS.findall
            assert sorted(found(original)) == sorted(found(translation)), name


def test_every_code_has_a_text() -> None:
    """A code without one is shown as the sentence of the API, which knows nothing of the page."""
    answers = (ROOT / "docs" / "generator-answers.md").read_text("utf-8")
    failures = re.findall(r"^\|.*\| failed[;,].*\| (\w+) \|$", answers, re.MULTILINE)
    failures += re.findall(r"fails\s(?:the\svideo\s)?with\s`(\w+)`", answers)

    assert {"content_filtered", "invalid_output", "queue_timeout"} <= set(failures)
    assert texts_of("problems") == set(CODES)
    assert set(failures) <= texts_of("failed")
    assert {code.value for code in ClipWarningCode} == texts_of("clipWarnings")


def texts_of(group: str) -> set[str]:
    texts = (FOLDER / "texts.js").read_text("utf-8")
    found = re.search(rf"^  {group}: {{\n((?s:.*?))^  }},", texts, re.MULTILINE)
    assert found
    return set(re.findall(r"^    (\w+):", found[1], re.MULTILINE))


def test_a_missing_file_is_not_found() -> None:
    with pytest.raises(NotFoundError):
        studio_file("../calls.py")


def test_the_studio_is_deployed_with_the_functions(tmp_path: Path) -> None:
    gcloud = shutil.which("gcloud") or pytest.skip(
        "There is no gcloud: https://cloud.google.com/sdk/docs/install"
    )
    uploaded = subprocess.run(
        [gcloud, "meta", "list-files-for-upload", str(ROOT)],
        env={**os.environ, "CLOUDSDK_CONFIG": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
    )

    files = {str(path.relative_to(ROOT)) for path in FOLDER.rglob("*.*")}
    assert files <= set(uploaded.stdout.splitlines())
