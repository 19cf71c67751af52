"""Random requests, generated from the service's own OpenAPI description."""

import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from hypothesis import strategies as st
from hypothesis.strategies import SearchStrategy

from tests.chaos.corpus import ATTACKS, CAMPAIGNS, HEADERS, PLAUSIBLE

Json = dict[str, Any]
Known = Mapping[str, Sequence[str]]
"""What the service has told of, by the variables of paths that it can stand for."""

TEXT = st.text(max_size=20)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)

_HEADERS = {
    name: st.sampled_from(values) | st.text(st.characters(min_codepoint=32, max_codepoint=126))
    for name, values in HEADERS.items()
}


@dataclass(frozen=True, kw_only=True)
class AnyRequest:
    """`names` are what stands for the variables of the path `template`."""

    method: str
    template: str
    names: Mapping[str, str]
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes | Json | None = field(repr=False)

    def path(self, known: Known) -> str:
        """Put into the template what its names stand for."""
        values = {name: _named(value, known.get(name, ())) for name, value in self.names.items()}
        return self.template.format(**values)


def _named(value: str, known: Sequence[str]) -> str:
    """Return the one of that number, counted back from the latest."""
    number = value.removeprefix("#")
    is_number = number != value and number.isdecimal()
    return known[-1 - int(number) % len(known)] if is_number and known else value


def any_request(description: Json) -> SearchStrategy[AnyRequest]:
    components = description["components"]["schemas"]
    requests = [
        _request(method, template, operation, components)
        for template, methods in description["paths"].items()
        for method, operation in methods.items()
    ]
    return st.one_of(requests)


def _request(
    method: str, template: str, operation: Json, components: Json
) -> SearchStrategy[AnyRequest]:
    places: dict[str, dict[str, SearchStrategy[Any]]] = {"path": {}, "query": {}}
    for parameter in operation["parameters"]:
        if parameter["in"] in places:
            name = parameter["name"]
            places[parameter["in"]][name] = _value(parameter["schema"], components, name)
    return st.builds(
        AnyRequest,
        method=st.sampled_from((method.upper(),) * 40 + ("HEAD", "PUT", "OPTIONS", "PATCH", "X")),
        template=st.just(template),
        names=st.fixed_dictionaries({name: _name(name) for name in places["path"]}),
        query=_some(places["query"]).map(_spelled_out),
        headers=_some(_HEADERS),
        body=_body(operation, components),
    )


def _name(name: str) -> SearchStrategy[str]:
    """Return a name, or a number such as `#7` for one that the service has told of."""
    known = st.integers(0, 7).map(lambda number: f"#{number}")
    usual = st.sampled_from(CAMPAIGNS) if name == "campaign_id" else known
    return usual | usual | usual | st.sampled_from(ATTACKS) | TEXT.filter(bool)


def _body(operation: Json, components: Json) -> SearchStrategy[Any]:
    if "requestBody" not in operation:
        return st.none() | st.binary(max_size=20)
    (schema, *_) = (each["schema"] for each in operation["requestBody"]["content"].values())
    described = _value(schema, components, "")
    return described | described | described | st.binary(max_size=50) | st.none()


def _value(schema: Json, components: Json, name: str) -> SearchStrategy[Any]:
    """Return what fits mostly, and sometimes anything."""
    fitting = _fitting(schema, components)
    if name in PLAUSIBLE:
        plausible = st.sampled_from(PLAUSIBLE[name])
        return plausible | plausible | plausible | fitting | ANYTHING
    return fitting | fitting | fitting | ANYTHING if name else fitting


def _fitting(schema: Json, components: Json) -> SearchStrategy[Any]:
    match schema:
        case {"$ref": reference}:
            return _fitting(components[reference.rpartition("/")[2]], components)
        case {"anyOf": choices}:
            return st.one_of([_fitting(each, components) for each in choices])
        case {"type": [*kinds]}:
            return st.one_of([_fitting({**schema, "type": each}, components) for each in kinds])
        case {"type": "object", "properties": properties}:
            values = {name: _value(each, components, name) for name, each in properties.items()}
            said = {*schema["required"], "prompt"} & values.keys()
            required = {name: values.pop(name) for name in sorted(said)}
            return st.builds(operator.or_, st.fixed_dictionaries(required), _some(values))
        case {"type": "object"}:
            return st.dictionaries(TEXT, TEXT, max_size=3)
        case {"type": "array"}:
            return st.lists(TEXT, max_size=5)
        case {"enum": choices} if "type" not in schema:
            return st.sampled_from(choices)
    plain = {"string": TEXT, "integer": st.integers(), "boolean": st.booleans()}
    return {**plain, "number": st.floats(), "null": st.none()}[schema["type"]]


def _some(values: Mapping[str, SearchStrategy[Any]]) -> SearchStrategy[dict[str, Any]]:
    """A request says some of the many fields that there are."""
    if not values:
        return st.just({})
    names = st.sets(st.sampled_from(sorted(values)), max_size=3)
    return names.flatmap(lambda some: st.fixed_dictionaries({each: values[each] for each in some}))


def _spelled_out(values: Mapping[str, Any]) -> dict[str, str]:
    return {name: value if isinstance(value, str) else str(value) for name, value in values.items()}
