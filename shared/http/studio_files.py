"""The files of the studio and of the page of reviewers, with modules joined, in each language."""

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cache
from pathlib import Path

from shared.domain.errors import NotFoundError
from shared.http.static_files import JAVASCRIPT, StaticFile, without_documentation

FOLDER = Path(__file__).parent / "studio"

LANGUAGES = ("en", *sorted(path.name for path in FOLDER.iterdir() if path.is_dir()))
"""The language of the modules, and those whose folders have translations of some of them."""

PAGE = "studio.html"
REVIEW_PAGE = "review.html"

_CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": JAVASCRIPT,
    ".svg": "image/svg+xml",
}
_ENTRIES = {PAGE: "studio.js", REVIEW_PAGE: "review.js"}
"""The script of each page."""

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
        for name in (*_ENTRIES, *_ENTRIES.values(), *_later_modules())
        for language in LANGUAGES
    }
    icons = (path.name for path in FOLDER.glob("*.svg"))
    return translated | {name: (name, LANGUAGES[0]) for name in ("studio.css", *icons)}


def localized(name: str, language: str) -> str:
    """Return the name under which a file is served in a language."""
    stem, _, suffix = name.rpartition(".")
    return name if language == LANGUAGES[0] else f"{stem}.{language}.{suffix}"


def _content(name: str, language: str) -> str:
    if entry := _ENTRIES.get(name):
        page = _read(name, language).replace('lang="en"', f'lang="{language}"', 1)
        return page.replace(entry, localized(entry, language))
    if name.endswith((".js", ".css")):
        return join_modules(name, language)
    return _read(name, language)


def join_modules(entry: str, language: str = LANGUAGES[0]) -> str:
    """Return a script or style sheet with all its imports: a first load takes three requests.

    A script that is loaded later leaves out what those before it have, and imports it from them.
    Scripts import names only, and no two of them declare the same name. Their documentation and
    indentation are left out.
    """
    if entry.endswith(".css"):
        sheets = _with_imports(entry, language)
        return "\n".join(_IMPORT.sub("", source) for source in sheets.values())
    bases = _bases(language)
    own = _own(entry, bases[entry], language)
    parts = [
        f'import {{ {", ".join(sorted(names))} }} from "./{localized(base, language)}";'
        for base in bases[entry]
        if (names := _imported(own, _own(base, bases[base], language)))
    ]
    main = "" if entry in _ENTRIES.values() else entry
    parts += _scripts(own, language, exporting=main)
    after = (_own(name, bases[name], language) for name in bases if entry in bases[name])
    if exported := {name for later in after for name in _imported(later, own.keys() - {main})}:
        parts.append(f"export {{ {', '.join(sorted(exported))} }};")
    return "\n".join(parts)


def _bases(language: str) -> Mapping[str, Sequence[str]]:
    """Return, for each script, those that are there whenever it is loaded, the first one first."""
    found: dict[str, Sequence[str]] = dict.fromkeys(_ENTRIES.values(), ())
    scripts = [*found]
    for name in scripts:
        way = (*found[name], name)
        for later in _LATER.findall("".join(_own(name, found[name], language).values())):
            if later not in found:
                scripts.append(later)
            others = found.get(later, way)
            found[later] = [one for one, other in zip(way, others, strict=False) if one == other]
    return found


def _own(script: str, bases: Sequence[str], language: str) -> dict[str, str]:
    """Return the sources of a script but those that the scripts before it have."""
    before = {name for base in bases for name in _with_imports(base, language)}
    modules = _with_imports(script, language)
    return {name: source for name, source in modules.items() if name not in before}


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


def _scripts(modules: Mapping[str, str], language: str, *, exporting: str) -> Iterator[str]:
    """Yield what is sent of each module. Only one of them may export."""
    for name, source in modules.items():
        text = without_documentation(_IMPORT.sub("", source))
        text = _LATER.sub(lambda found: f'import("./{localized(found[1], language)}")', text)
        yield text if name == exporting else _EXPORT.sub("", text)


def _read(name: str, language: str) -> str:
    translation = FOLDER / language / name
    path = translation if translation.exists() else FOLDER / name
    return path.read_text(encoding="utf-8")
