locals {
  logged = join(" AND ", [
    "resource.type=\"cloud_run_revision\"",
    "resource.labels.service_name=(${join(" OR ", [for name in values(local.names) : "\"${name}\""])})",
  ])

  # Cloud Run's request log has severity ERROR for each 503, so the metrics leave it out.
  not_requests = "logName!=\"projects/${var.project_id}/logs/run.googleapis.com%2Frequests\""

  # The PromQL name of logging.googleapis.com/user/showreel_videos.
  logs   = { for metric in ["videos", "errors", "warnings", "reserved_usd", "waiting"] : metric => "logging_googleapis_com:user_showreel_${metric}" }
  run    = "run_googleapis_com:"
  pubsub = "pubsub_googleapis_com:subscription_"

  # Not what viewers call: a flood of their reports takes instances, and raises no alert.
  called_by_us = "monitored_resource=\"cloud_run_revision\",service_name=~\"${join("|", sort([for name in values(local.names) : name if name != local.names["record_plays"]]))}\""

  ours     = "monitored_resource=\"cloud_run_revision\",service_name=~\"${join("|", values(local.names))}\""
  push     = "monitored_resource=\"pubsub_subscription\",subscription_id=~\"${join("|", [for target in keys(local.pushed) : local.names[target]])}\""
  dead     = "monitored_resource=\"pubsub_subscription\",subscription_id=\"${google_pubsub_subscription.dead_letters.name}\""
  tick     = "monitored_resource=\"pubsub_subscription\",subscription_id=\"${local.names["maintain_campaigns"]}\""
  deliver  = "monitored_resource=\"pubsub_subscription\",subscription_id=\"${local.names["deliver_events"]}\""
  generate = "monitored_resource=\"pubsub_subscription\",subscription_id=\"${local.names["generate_video"]}\""

  failed = "sum by (service_name) (increase(${local.run}request_count{${local.called_by_us},response_code=~\"5..\"}[10m]))"
  called = "sum by (service_name) (increase(${local.run}request_count{${local.called_by_us}}[10m]))"

  # The deadline of a video, in shared/domain/schedule.py.
  deadline_seconds = 45 * 60

  alerts = {
    overdue = {
      title    = "Video past its deadline"
      severity = "ERROR"
      summary  = "A video did not end within its deadline, or its messages have waited for longer."
      query = join(" or ", [
        "sum(increase(${local.logs.videos}{${local.ours},event=\"video.overdue\"}[10m])) > 0",
        "max(${local.pubsub}oldest_unacked_message_age{${local.generate}}) > ${local.deadline_seconds}",
      ])
    }
    queue = {
      title    = "Queue too long"
      severity = "WARNING"
      summary  = "At its present pace a model does not submit all waiting videos within queue_limit_hours: the last ones will fail, unbilled."
      query    = "sum(increase(${local.logs.warnings}{${local.ours},event=\"queue.late\"}[10m])) > 0"
    }
    dead_letters = {
      title    = "Undeliverable message"
      severity = "ERROR"
      summary  = "A message was refused 20 times in more than two hours and is now in the subscription dead-letters."
      query    = "max(${local.pubsub}num_undelivered_messages{${local.dead}}) > 0"
    }
    error_rate = {
      title    = "Error rate above 5 %"
      severity = "ERROR"
      summary  = "Within ten minutes more than 5 % of the calls of this function failed, and at least three."
      query    = "${local.failed} / ${local.called} > 0.05 and ${local.failed} >= 3"
    }
    errors = {
      title    = "Error logged"
      severity = "WARNING"
      summary  = "An error that needs action, such as a missing clip, a malformed message or a stopped instance."
      query    = "sum by (service_name, event) (increase(${local.logs.errors}{${local.ours},event!=\"request.failed\"}[10m])) > 0"
    }
    spend = {
      title    = "Hourly spend above the threshold"
      severity = "CRITICAL"
      summary  = "The videos reserved within an hour cost more than ${var.hourly_spend_alert_usd} USD."
      query    = "sum(increase(${local.logs.reserved_usd}_sum{${local.ours}}[1h])) > ${var.hourly_spend_alert_usd}"
    }
    day = {
      title    = "Daily budget 80 % used"
      severity = "WARNING"
      summary  = "80 % of daily_budget_usd is used today (UTC). At 100 %, requests are refused until midnight."
      query    = "sum(increase(${local.logs.warnings}{${local.ours},event=\"daily_budget.warning\"}[10m])) > 0"
    }
    deliveries = {
      title    = "Events not delivered"
      severity = "WARNING"
      summary  = "A webhook was disabled, or events have waited for ten minutes to be dispatched."
      query = join(" or ", [
        "sum(increase(${local.logs.warnings}{${local.ours},event=\"webhook.disabled\"}[10m])) > 0",
        "max(${local.pubsub}oldest_unacked_message_age{${local.deliver}}) > 600",
      ])
    }
    # A campaign is compared again only hours later. Money at risk needs no repair, and overdue videos
    # have their own alert.
    disagreement = {
      title    = "Records and bucket disagree"
      severity = "WARNING"
      summary  = "Within the last day a tick found a disagreement that it could not repair."
      query    = "sum by (kind) (increase(${local.logs.warnings}{${local.ours},event=\"reconcile.found\",kind!~\"money_at_risk|overdue\"}[1d])) > 0"
    }
    # The first tick may be counted some minutes after the first deployment.
    tick = {
      title    = "Scheduler tick missing"
      severity = "CRITICAL"
      summary  = "No tick was acknowledged for 15 minutes. Filtered videos and videos whose messages were lost wait for it."
      query    = "(sum(increase(${local.pubsub}push_request_count{${local.tick},response_class=\"ack\"}[5m])) or vector(0)) < 1"
      duration = "600s"
    }
  }

  tiles = [
    {
      title = "Videos by event"
      query = "sum by (event) (increase(${local.logs.videos}{${local.ours}}[5m]))"
    },
    {
      title = "Failures by code"
      query = "sum by (failure) (increase(${local.logs.videos}{${local.ours},event=\"video.failed\"}[5m]))"
    },
    {
      title = "Waiting videos by model"
      query = "sum by (model) (increase(${local.logs.waiting}_sum{${local.ours}}[5m])) / sum by (model) (increase(${local.logs.waiting}_count{${local.ours}}[5m]))"
    },
    {
      title = "USD reserved per hour"
      query = "sum(increase(${local.logs.reserved_usd}_sum{${local.ours}}[1h]))"
    },
    {
      title = "Oldest unacknowledged message (s)"
      query = "max by (subscription_id) (${local.pubsub}oldest_unacked_message_age{${local.push}})"
    },
    {
      title = "Pushes by response"
      query = "sum by (subscription_id, response_class) (rate(${local.pubsub}push_request_count{${local.push}}[5m]))"
    },
    {
      title = "Dead letters"
      query = "max(${local.pubsub}num_undelivered_messages{${local.dead}})"
    },
    {
      title = "Calls per second by response"
      query = "sum by (service_name, response_code) (rate(${local.run}request_count{${local.ours}}[5m]))"
    },
    {
      title = "Latency, 95th percentile (ms)"
      query = "histogram_quantile(0.95, sum by (service_name, le) (rate(${local.run}request_latencies_bucket{${local.ours}}[5m])))"
    },
    {
      title = "Instances"
      query = "sum by (service_name) (${local.run}container_instance_count{${local.ours}})"
    },
    {
      title = "Errors by event"
      query = "sum by (service_name, event) (increase(${local.logs.errors}{${local.ours}}[5m]))"
    },
    {
      title = "Warnings by event"
      query = "sum by (service_name, event) (increase(${local.logs.warnings}{${local.ours}}[5m]))"
    },
  ]
}

resource "google_monitoring_notification_channel" "email" {
  for_each = var.alert_emails

  display_name = "Showreel: ${each.key}"
  type         = "email"
  labels       = { email_address = each.key }

  depends_on = [google_project_service.api]
}

resource "google_monitoring_alert_policy" "alert" {
  for_each = local.alerts

  display_name          = "Showreel: ${each.value.title}"
  combiner              = "OR"
  severity              = each.value.severity
  notification_channels = [for channel in google_monitoring_notification_channel.email : channel.id]

  conditions {
    display_name = each.value.title
    condition_prometheus_query_language {
      query               = each.value.query
      duration            = try(each.value.duration, "0s")
      evaluation_interval = "60s"
      # A log-based metric exists only some minutes after its first entry.
      disable_metric_validation = true
    }
  }

  documentation {
    mime_type = "text/markdown"
    content   = "${each.value.summary}\n\nWhat to do: docs/runbook.md, \"${each.value.title}\"."
  }

  depends_on = [google_project_service.api, google_pubsub_subscription.function]
}

resource "google_monitoring_dashboard" "showreel" {
  dashboard_json = templatefile("${path.module}/dashboard.json.tftpl", { tiles = local.tiles })

  depends_on = [google_project_service.api]
}

resource "google_billing_budget" "month" {
  count    = var.billing_account == null ? 0 : 1
  provider = google.billing

  billing_account = var.billing_account
  display_name    = "Showreel in ${var.project_id}"

  # Budgets accept only the number of a project.
  budget_filter {
    projects = ["projects/${data.google_project.this.number}"]
  }

  amount {
    specified_amount {
      units = tostring(var.monthly_budget)
    }
  }

  dynamic "threshold_rules" {
    for_each = [0.5, 0.9, 1]
    content {
      threshold_percent = threshold_rules.value
    }
  }

  threshold_rules {
    threshold_percent = 1
    spend_basis       = "FORECASTED_SPEND"
  }

  dynamic "all_updates_rule" {
    for_each = length(var.alert_emails) > 0 ? [true] : []
    content {
      # A budget notifies at most five channels.
      monitoring_notification_channels = slice(
        [for channel in google_monitoring_notification_channel.email : channel.id], 0, min(5, length(var.alert_emails))
      )
    }
  }

  depends_on = [google_project_service.api]
}
