"""Finding the names in a configuration, between all that looks like one."""

from tests.infra.hcl import names

CONFIGURATION = """\
# comment = "none"
resource "google_pubsub_topic" "steps" {
  name   = "a = ${join(", b = \\"", ["c = }", upper("d")])} $${e = }" # f = "}"
  labels = {
    inside = "a value"
  }

  dynamic "schema_settings" {
    for_each = [for one in var.many : one if one != null]
    content {
      schema = <<-EOT
        heredoc = {
      EOT
    }
  }
  lifecycle { prevent_destroy = true }
}
"""


def test_all_names_are_found_with_the_blocks_around_them() -> None:
    assert [(name.within, name.text) for name in names(CONFIGURATION)] == [
        ("", "resource"),
        ("resource", "name"),
        ("resource", "labels"),
        ("resource", "dynamic"),
        ("resource", "schema_settings"),
        ("schema_settings", "for_each"),
        ("schema_settings", "content"),
        ("content", "schema"),
        ("resource", "lifecycle"),
        ("lifecycle", "prevent_destroy"),
    ]


def test_a_name_is_reported_with_its_line() -> None:
    lines = CONFIGURATION.splitlines()
    for name in names(CONFIGURATION):
        assert CONFIGURATION.startswith(name.text, name.start)
        assert name.text in lines[name.line - 1]
