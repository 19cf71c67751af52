"""Reads the google provider's schema out of its published bindings, cdktn-provider-google.

The bindings hold a folder for each resource and data source. Its code states every field's type
and whether it is computed, optional or required; its declarations list the values that a field
may have. What comes out has the shape of `terraform providers schema -json`.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

Json = dict[str, Any]

_CLASS = re.compile(r"^class (\w+) extends .*?\{\n(.*?)^\}", re.DOTALL | re.MULTILINE)
_FIELD = re.compile(
    r"^    // (?P<name>\w+) - computed: (?P<computed>\w+), optional: (?P<optional>\w+), "
    r"required: (?P<required>\w+)\n(?P<code>.*?)(?=^    // \w+ - computed|^    // ==|\Z)",
    re.DOTALL | re.MULTILINE,
)
_ACCESSOR = re.compile(r"return (cdktn\.Fn\.tolist\()?this\.(\w+)\(|= new cdktn\.(\w+Map)\(")
_NESTED = re.compile(r'= new (\w+?)(List|OutputReference)\(this, "\w+"(?:, (true|false))?\)')
_ASSIGNMENT = re.compile(
    r"^ +(\w+): \{\n.*\n +isBlock: (\w+),\n +type: \"(\w+)\",\n +storageClassType: \"(\w+)\"",
    re.MULTILINE,
)
_INTERFACE = re.compile(r"^export interface (\w+) .*?\{\n(.*?)^\}", re.DOTALL | re.MULTILINE)
_COMMENT = re.compile(r"/\*\*((?:(?!\*/).)*)\*/", re.DOTALL)
_POSSIBLE_VALUES = re.compile(r"Possible values: \[[^\]]*\]")
_ANCHOR = re.compile(r"\{@link \S+#(\w+) ")

_FLAGS = ("computed", "optional", "required")
_TYPES: Mapping[str, Any] = {
    "getStringAttribute": "string",
    "getNumberAttribute": "number",
    "getBooleanAttribute": "bool",
    "getListAttribute": ["list", "string"],
    "getNumberListAttribute": ["list", "number"],
    "getStringMapAttribute": ["map", "string"],
    "StringMap": ["map", "string"],
    "string": "string",
    "boolean": "bool",
    "stringList": ["list", "string"],
    "stringMap": ["map", "string"],
}


def schema(folder: Path) -> Json:
    """Return the schema of the resource, data source or provider that the folder binds."""
    # A map back to the sources, twice as long as the code, is its last line.
    code = (folder / "index.js").read_text("utf-8").partition("//# sourceMappingURL")[0]
    declarations = (folder / "index.d.ts").read_text("utf-8")
    return {"version": 0, "block": _Binding.parse(code, declarations).top()}


@dataclass(frozen=True, kw_only=True)
class _Field:
    name: str
    flags: Json
    """Those of computed, optional and required that are true."""
    code: str
    is_block: bool
    nesting: str
    storage: str
    """The field's class, where a configuration may set it."""
    description: str | None


@dataclass(frozen=True, kw_only=True)
class _Binding:
    code: str
    classes: Mapping[str, str]
    descriptions: Mapping[tuple[str, str], str]

    @classmethod
    def parse(cls, code: str, declarations: str) -> "_Binding":
        return cls(
            code=code,
            classes=dict(_CLASS.findall(code)),
            descriptions=_descriptions(declarations),
        )

    def top(self) -> Json:
        return self._block(list(self.classes)[-1])

    def _block(self, name: str) -> Json:
        fields = self._fields(name)
        block = {
            "attributes": {f.name: self._attribute(f) for f in fields if not f.is_block},
            "block_types": {f.name: self._nested_block(f) for f in fields if f.is_block},
        }
        return {kind: members for kind, members in block.items() if members}

    def _fields(self, name: str) -> list[_Field]:
        assignments = self._assignments(name)
        struct = name.removesuffix("OutputReference")
        fields = []
        for found in _FIELD.finditer(self.classes[name]):
            is_block, nesting, storage = assignments.get(found["name"], ("false", "", ""))
            fields.append(
                _Field(
                    name=found["name"],
                    flags={flag: True for flag in _FLAGS if found[flag] == "true"},
                    code=found["code"],
                    is_block=is_block == "true",
                    nesting="single" if nesting == "struct" else nesting,
                    storage=storage,
                    description=self.descriptions.get((struct, found["name"])),
                )
            )
        return fields

    def _assignments(self, name: str) -> dict[str, tuple[str, str, str]]:
        """Return for each field that may be set: whether it is a block, its nesting, its class."""
        struct = name.removesuffix("OutputReference")
        function = f"function {struct[0].lower()}{struct[1:]}ToHclTerraform("
        body = self.code.partition(function)[2]
        body = body or self.classes[name].partition("synthesizeHclAttributes(")[2]
        found = _ASSIGNMENT.findall(body.partition("remove undefined")[0])
        return {field: (is_block, nesting, storage) for field, is_block, nesting, storage in found}

    def _nested_block(self, field: _Field) -> Json:
        # The provider's own blocks, batching and credentials, are bound without their fields.
        nested = _NESTED.search(field.code)
        struct, kind, _ = nested.groups() if nested else (field.storage, "List", "")
        block: Json = {"nesting_mode": field.nesting}
        block["block"] = self._block(f"{struct}OutputReference") if nested else {}
        if "required" in field.flags:
            block["min_items"] = 1
        if kind == "OutputReference" and field.nesting != "single":
            block["max_items"] = 1
        return block

    def _attribute(self, field: _Field) -> Json:
        attribute = {"type": self._type(field), **field.flags}
        return attribute | ({"description": field.description} if field.description else {})

    def _type(self, field: _Field) -> Any:  # noqa: ANN401  # Terraform's own form, in JSON.
        if nested := _NESTED.search(field.code):
            members = self._fields(f"{nested[1]}OutputReference")
            kind = "set" if nested[3] == "true" else "list"
            return [kind, ["object", {member.name: self._type(member) for member in members}]]
        if not (accessor := _ACCESSOR.search(field.code)):
            return _TYPES[field.storage]
        as_set, method, mapping = accessor.groups()
        type_ = _TYPES[method or mapping]
        return ["set", type_[1]] if as_set else type_


def _descriptions(declarations: str) -> dict[tuple[str, str], str]:
    """Return for a structure's field the sentence that lists its possible values."""
    return {
        (interface.removesuffix("Config"), anchor[1]): possible[0]
        for interface, body in _INTERFACE.findall(declarations)
        for comment in _COMMENT.findall(body)
        if (possible := _POSSIBLE_VALUES.search(comment)) and (anchor := _ANCHOR.search(comment))
    }
