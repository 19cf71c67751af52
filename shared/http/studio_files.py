"""The files of the studio, with its modules joined, in each language."""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from pathlib import Path

from shared.domain.errors import NotFoundError
from shared.http.static_files import JAVASCRIPT, StaticFile, without_documentation

FOLDER = Path(__file__).parent / "studio"

LANGUAGES = ("en", *sorted(path.name for path in FOLDER.iterdir() if path.is_dir()))
"""The language of the modules, and those whose folders have translations of some of them."""

PAGE = "studio.html"

_CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": JAVASCRIPT,
    ".svg": "image/svg+xml",
}
_ENTRY = "studio.js"
_IMPORT = re.compile(
    r'^(?:import \{([^}]*)\} from|@import) "\.{1,2}/([\w-]+\.(?:js|css))";\n', re.MULTILINE
)
# A module that is loaded when its page is opened.
_LATER = re.compile(r'\bimport\("\./([\w-]+\.js)"\)')
_EXPORT = re.compile(r"^export (?=(?:async )?(?:class|const|function) )", re.MULTILINE)


@cache
def studio_file(filename: str) -> StaticFile:
    """Raise NotFoundError unless the studio has this file."""
    served = _served().get(filename)
    if served is None:
        raise NotFoundError("The studio has no such file.")
    name, language = served
    return StaticFile.of(_content(name, language), _CONTENT_TYPES[Path(name).suffix])


@cache
def _served() -> Mapping[str, tuple[str, str]]:
    """Return the name and the language of what each file is made from."""
    translated = {
        localized(name, language): (name, language)
        for name in (PAGE, _ENTRY, *_later_modules())
        for language in LANGUAGES
    }
    icons = (path.name for path in FOLDER.glob("*.svg"))
    return translated | {name: (name, LANGUAGES[0]) for name in ("studio.css", *icons)}


def localized(name: str, language: str) -> str:
    """Return the name under which a file is served in a language."""
    stem, _, suffix = name.rpartition(".")
    return name if language == LANGUAGES[0] else f"{stem}.{language}.{suffix}"


def _content(name: str, language: str) -> str:
    if name == PAGE:
        page = _read(name, language).replace('lang="en"', f'lang="{language}"', 1)
        return page.replace(_ENTRY, localized(_ENTRY, language))
    if name.endswith((".js", ".css")):
        return join_modules(name, language)
    return _read(name, language)


def join_modules(entry: str, language: str = LANGUAGES[0]) -> str:
    """Return a script or style sheet with all its imports: a first load takes three requests.

    A script that is loaded later leaves out what the first one has, and imports it from there.
    Scripts import names only, and no two of them declare the same name. Their documentation and
    indentation are left out.
    """
    modules = _with_imports(entry, language)
    if entry.endswith(".css"):
        return "\n".join(_IMPORT.sub("", source) for source in modules.values())
    if entry == _ENTRY:
        exported = set[str]()
        for later in _later_modules():
            exported |= _imported(_with_imports(later, language), modules)
        ending = [f"export {{ {', '.join(sorted(exported))} }};"] if exported else []
        return "\n".join([*_scripts(modules, language), *ending])
    first = _with_imports(_ENTRY, language)
    own = {name: source for name, source in modules.items() if name not in first}
    names = ", ".join(sorted(_imported(own, first)))
    beginning = f'import {{ {names} }} from "./{localized(_ENTRY, language)}";'
    return "\n".join([beginning, *_scripts(own, language, exporting=entry)])


def _with_imports(entry: str, language: str) -> dict[str, str]:
    """Return the sources of a module and all that it imports; each follows its imports."""
    found: dict[str, str] = {}

    def visit(name: str) -> None:
        source = _read(name, language)
        for _names, imported in _IMPORT.findall(source):
            if imported not in found:
                visit(imported)
        found[name] = source

    visit(entry)
    return found


def _later_modules() -> set[str]:
    return {
        name for path in FOLDER.glob("*.js") for name in _LATER.findall(path.read_text("utf-8"))
    }


def _imported(modules: Mapping[str, str], others: Collection[str]) -> set[str]:
    """Return the names that modules which are not among the others import from them."""
    return {
        name.strip()
        for module, source in modules.items()
        if module not in others
        for names, imported in _IMPORT.findall(source)
        if imported in others
        for name in names.split(",")
        if name.strip()
    }


def _scripts(modules: Mapping[str, str], language: str, *, exporting: str = "") -> Iterator[str]:
    """Yield what is sent of each module. Only one of them may export."""
    for name, source in modules.items():
        text = without_documentation(_IMPORT.sub("", source))
        text = _LATER.sub(lambda found: f'import("./{localized(found[1], language)}")', text)
        yield text if name == exporting else _EXPORT.sub("", text)


def _read(name: str, language: str) -> str:
    translation = FOLDER / language / name
    path = translation if translation.exists() else FOLDER / name
    return path.read_text(encoding="utf-8")
