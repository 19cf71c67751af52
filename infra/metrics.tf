# Metrics that are counted from the functions' log entries.

resource "google_logging_metric" "videos" {
  name             = "showreel_videos"
  description      = "Video events, by event and failure code"
  filter           = "${local.logged} AND jsonPayload.message=~\"^video[.][a-z_]+$\""
  label_extractors = { event = "EXTRACT(jsonPayload.message)", failure = "EXTRACT(jsonPayload.failure)" }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    labels {
      key = "event"
    }
    labels {
      key = "failure"
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_logging_metric" "errors" {
  name             = "showreel_errors"
  description      = "Logged errors by event; entries of the platform have no event"
  filter           = "${local.logged} AND severity>=ERROR AND ${local.not_requests}"
  label_extractors = { event = "REGEXP_EXTRACT(jsonPayload.message, \"^([a-z_]+[.][a-z_]+)\")" }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    labels {
      key = "event"
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_logging_metric" "warnings" {
  name        = "showreel_warnings"
  description = "Logged warnings by event, and by kind of disagreement between records and bucket"
  filter      = "${local.logged} AND severity=WARNING AND ${local.not_requests}"
  label_extractors = {
    event = "REGEXP_EXTRACT(jsonPayload.message, \"^([a-z_]+[.][a-z_]+)\")"
    kind  = "EXTRACT(jsonPayload.kind)"
  }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "INT64"
    labels {
      key = "event"
    }
    labels {
      key = "kind"
    }
  }

  depends_on = [google_project_service.api]
}

resource "google_logging_metric" "reserved_usd" {
  name            = "showreel_reserved_usd"
  description     = "The price of each reserved video in USD"
  filter          = "${local.logged} AND jsonPayload.message=\"video.reserved\""
  value_extractor = "EXTRACT(jsonPayload.usd)"

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    unit        = "{USD}"
  }

  depends_on = [google_project_service.api]
}

resource "google_logging_metric" "waiting" {
  name             = "showreel_waiting"
  description      = "Number of videos that wait for their turns, by model, logged about once a minute"
  filter           = "${local.logged} AND jsonPayload.message=~\"^queue[.](seen|late)$\""
  value_extractor  = "EXTRACT(jsonPayload.waiting)"
  label_extractors = { model = "EXTRACT(jsonPayload.model)" }

  metric_descriptor {
    metric_kind = "DELTA"
    value_type  = "DISTRIBUTION"
    labels {
      key = "model"
    }
  }

  depends_on = [google_project_service.api]
}
