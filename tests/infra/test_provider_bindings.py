"""Reading a schema out of bindings, here of a resource that has one field of each kind."""

import json
from pathlib import Path

import pytest

from tests.infra.provider import bindings, derive
from tests.infra.provider.bindings import Json
from tests.infra.provider.schema import SOURCE

CODE = """\
function lampShadeToHclTerraform(struct) {
    const attrs = {
        colour: {
            value: cdktn.stringToHclTerraform(struct.colour),
            isBlock: false,
            type: "simple",
            storageClassType: "string",
        },
    };
    // remove undefined attributes
}
class LampShadeOutputReference extends cdktn.ComplexObject {
    // colour - computed: false, optional: false, required: true
    get colour() {
        return this.getStringAttribute('colour');
    }
}
class LampPastOutputReference extends cdktn.ComplexObject {
    // watts - computed: true, optional: false, required: false
    get watts() {
        return this.getNumberAttribute('watts');
    }
}
class Lamp extends cdktn.TerraformResource {
    // labels - computed: false, optional: true, required: false
    get labels() {
        return this.getStringMapAttribute('labels');
    }
    // lit - computed: true, optional: true, required: false
    get lit() {
        return this.getBooleanAttribute('lit');
    }
    // rooms - computed: false, optional: true, required: false
    get rooms() {
        return cdktn.Fn.tolist(this.getListAttribute('rooms'));
    }
    // past - computed: true, optional: false, required: false
    _past = new LampPastList(this, "past", false);
    get past() {
        return this._past;
    }
    // shade - computed: false, optional: false, required: true
    _shade = new LampShadeOutputReference(this, "shade");
    // spare_shades - computed: false, optional: true, required: false
    _spareShades = new LampShadeList(this, "spare_shades", true);
    // =========
    synthesizeHclAttributes() {
        const attrs = {
            labels: {
                value: cdktn.hashMapperHcl(cdktn.stringToHclTerraform)(this._labels),
                isBlock: false,
                type: "map",
                storageClassType: "stringMap",
            },
            shade: {
                value: lampShadeToHclTerraform(this._shade.internalValue),
                isBlock: true,
                type: "list",
                storageClassType: "LampShadeList",
            },
            spare_shades: {
                value: cdktn.listMapperHcl(lampShadeToHclTerraform, true)(this._spareShades),
                isBlock: true,
                type: "set",
                storageClassType: "LampShadeList",
            },
        };
        // remove undefined attributes
    }
}
//# sourceMappingURL=class Nothing extends cdktn.Nothing {
}
"""

DECLARATIONS = """\
export interface LampConfig extends cdktn.TerraformMetaArguments {
    /**
    * Docs at Terraform Registry: {@link https://example.com/lamp#labels Lamp#labels}
    */
    readonly labels?: {
        [key: string]: string;
    };
}
export interface LampShade {
    /**
    * What it looks like. Possible values: ["RED", "WHITE"]
    *
    * Docs at Terraform Registry: {@link https://example.com/lamp#colour Lamp#colour}
    */
    readonly colour: string;
}
"""

SHADE: Json = {
    "attributes": {
        "colour": {
            "type": "string",
            "required": True,
            "description": 'Possible values: ["RED", "WHITE"]',
        }
    }
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "index.js").write_text(CODE, "utf-8")
    (tmp_path / "index.d.ts").write_text(DECLARATIONS, "utf-8")
    return tmp_path


def test_each_kind_of_field_is_decoded_as_it_was_encoded(folder: Path) -> None:
    block = bindings.schema(folder)["block"]
    assert block["attributes"] == {
        "labels": {"type": ["map", "string"], "optional": True},
        "lit": {"type": "bool", "computed": True, "optional": True},
        "rooms": {"type": ["set", "string"], "optional": True},
        "past": {"type": ["list", ["object", {"watts": "number"}]], "computed": True},
    }
    assert block["block_types"] == {
        "shade": {"nesting_mode": "list", "block": SHADE, "min_items": 1, "max_items": 1},
        "spare_shades": {"nesting_mode": "set", "block": SHADE},
    }


def test_a_type_that_the_bindings_do_not_have_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="data-google-lamp"):
        derive.derive(tmp_path, [("data", "lamp")])


def test_every_type_has_a_line_of_its_own() -> None:
    types: Json = {"google_a": {"version": 0, "google_c": {}}, "google_b": {"version": 0}}
    text = derive.text({"resource_schemas": types})
    assert [line[:13] for line in text.splitlines()[1:]] == ['"google_a": {', '"google_b": {']
    assert types == json.loads(text)["provider_schemas"][SOURCE]["resource_schemas"]
