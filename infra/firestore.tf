locals {
  # The tests of the queries read the same files.
  firestore = {
    (google_firestore_database.records.name) = jsondecode(file("${path.module}/firestore.indexes.json"))
    (google_firestore_database.plays.name)   = jsondecode(file("${path.module}/firestore.plays.json"))
  }
  indexes = flatten([for database, each in local.firestore : [for index in each.indexes : merge(index, { database = database })]])
  fields  = flatten([for database, each in local.firestore : [for field in each.fieldOverrides : merge(field, { database = database })]])
}

resource "google_firestore_database" "records" {
  name                              = var.firestore_database
  location_id                       = coalesce(var.firestore_location, var.region)
  type                              = "FIRESTORE_NATIVE"
  point_in_time_recovery_enablement = "POINT_IN_TIME_RECOVERY_ENABLED"
  delete_protection_state           = var.deletion_protection ? "DELETE_PROTECTION_ENABLED" : "DELETE_PROTECTION_DISABLED"
  deletion_policy                   = var.deletion_protection ? "PREVENT" : "DELETE"

  depends_on = [google_project_service.api]
}

resource "google_firestore_index" "query" {
  for_each = {
    for index in local.indexes :
    join("/", concat(
      [index.collectionGroup, index.queryScope],
      [for field in index.fields : "${field.fieldPath} ${try(field.order, field.arrayConfig)}"],
    )) => index
  }

  database    = each.value.database
  collection  = each.value.collectionGroup
  query_scope = each.value.queryScope

  dynamic "fields" {
    for_each = each.value.fields
    content {
      field_path   = fields.value.fieldPath
      order        = try(fields.value.order, null)
      array_config = try(fields.value.arrayConfig, null)
    }
  }
}

# A field without an index costs no index entry per write.
resource "google_firestore_field" "index" {
  for_each = {
    for field in local.fields : "${field.collectionGroup}/${field.fieldPath}" => field
  }

  database   = each.value.database
  collection = each.value.collectionGroup
  field      = each.value.fieldPath

  # Firestore removes a document after this moment.
  dynamic "ttl_config" {
    for_each = try(each.value.ttl, false) ? [1] : []
    content {}
  }

  index_config {
    dynamic "indexes" {
      for_each = each.value.indexes
      content {
        query_scope = indexes.value.queryScope
        order       = indexes.value.order
      }
    }
  }
}
