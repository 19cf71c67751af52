"""Terraform's plugin protocol 6, as far as a provider of resources and data sources needs it.

The numbers are those of tfplugin6.proto in Terraform's documentation of its plugin protocol. gRPC
sends no message's name, so that the names here are free.
"""

from typing import Any

from google.protobuf import (  # type: ignore[import-untyped]
    descriptor_pb2,
    descriptor_pool,
    message_factory,
)

_PACKAGE = "standin"
_FIELD = descriptor_pb2.FieldDescriptorProto
_SCALARS = {
    "bool": _FIELD.TYPE_BOOL,
    "bytes": _FIELD.TYPE_BYTES,
    "int64": _FIELD.TYPE_INT64,
    "string": _FIELD.TYPE_STRING,
}

# Each field: its number, its type, and a star where it is repeated. Enumerations travel as int64.
_MESSAGES: dict[str, dict[str, tuple[int, str]]] = {
    "Value": {"msgpack": (1, "bytes")},
    "Step": {"attribute_name": (1, "string"), "element_key_int": (3, "int64")},
    "Path": {"steps": (1, "Step*")},
    "Diagnostic": {
        "severity": (1, "int64"),
        "summary": (2, "string"),
        "detail": (3, "string"),
        "attribute": (4, "Path"),
    },
    "Attribute": {
        "name": (1, "string"),
        "type": (2, "bytes"),
        "description": (3, "string"),
        "required": (4, "bool"),
        "optional": (5, "bool"),
        "computed": (6, "bool"),
        "sensitive": (7, "bool"),
    },
    "Block": {"attributes": (2, "Attribute*"), "block_types": (3, "NestedBlock*")},
    "NestedBlock": {
        "type_name": (1, "string"),
        "block": (2, "Block"),
        "nesting": (3, "int64"),
        "min_items": (4, "int64"),
        "max_items": (5, "int64"),
    },
    "Schema": {"version": (1, "int64"), "block": (2, "Block")},
    "NamedSchema": {"key": (1, "string"), "value": (2, "Schema")},
    "Nothing": {},
    "Schemas": {
        "provider": (1, "Schema"),
        "resource_schemas": (2, "NamedSchema*"),
        "data_source_schemas": (3, "NamedSchema*"),
    },
    "TypedConfig": {"type_name": (1, "string"), "config": (2, "Value")},
    "Diagnostics": {"diagnostics": (1, "Diagnostic*")},
    "RawState": {"json": (1, "bytes")},
    "StoredState": {"type_name": (1, "string"), "raw_state": (3, "RawState")},
    "CurrentState": {"type_name": (1, "string"), "current_state": (2, "Value")},
    "State": {"state": (1, "Value")},
    "ProposedState": {
        "type_name": (1, "string"),
        "prior_state": (2, "Value"),
        "proposed_new_state": (3, "Value"),
    },
    "PlannedState": {"state": (1, "Value"), "legacy_type_system": (5, "bool")},
    "PlannedChange": {
        "type_name": (1, "string"),
        "prior_state": (2, "Value"),
        "planned_state": (3, "Value"),
    },
    "AppliedState": {"state": (1, "Value"), "legacy_type_system": (4, "bool")},
}

# By method: what is asked and what is answered.
METHODS = {
    "GetProviderSchema": ("Nothing", "Schemas"),
    "ValidateProviderConfig": ("Nothing", "Nothing"),
    "ValidateResourceConfig": ("TypedConfig", "Diagnostics"),
    "ValidateDataResourceConfig": ("TypedConfig", "Diagnostics"),
    "ConfigureProvider": ("Nothing", "Nothing"),
    "UpgradeResourceState": ("StoredState", "State"),
    "ReadResource": ("CurrentState", "State"),
    "PlanResourceChange": ("ProposedState", "PlannedState"),
    "ApplyResourceChange": ("PlannedChange", "AppliedState"),
    "ReadDataSource": ("TypedConfig", "State"),
    "StopProvider": ("Nothing", "Nothing"),
}


def _file() -> Any:  # noqa: ANN401  # protobuf has no types.
    """Describe the messages; without a `syntax`, every field knows whether it was set."""
    file = descriptor_pb2.FileDescriptorProto(name="standin.proto", package=_PACKAGE)
    for message, fields in _MESSAGES.items():
        described = file.message_type.add(name=message)
        for name, (number, kind) in fields.items():
            field = described.field.add(name=name, number=number)
            repeated = kind.endswith("*")
            field.label = _FIELD.LABEL_REPEATED if repeated else _FIELD.LABEL_OPTIONAL
            if kind in _SCALARS:
                field.type = _SCALARS[kind]
            else:
                field.type = _FIELD.TYPE_MESSAGE
                field.type_name = f".{_PACKAGE}.{kind.removesuffix('*')}"
    return file


_POOL = descriptor_pool.DescriptorPool()
_POOL.Add(_file())


def message(name: str) -> Any:  # noqa: ANN401  # Its class is made here, out of the table.
    """Return the class of the messages of that name."""
    return message_factory.GetMessageClass(_POOL.FindMessageTypeByName(f"{_PACKAGE}.{name}"))
