# Settings of the functions.

variable "video_generator" {
  description = "Video generator: `veo`, which is billed, or `synthetic`, which renders real MP4s for free, for a trial installation."
  type        = string
  default     = "veo"

  validation {
    condition     = contains(["veo", "synthetic"], var.video_generator)
    error_message = "video_generator must be veo or synthetic."
  }
}

variable "default_model" {
  description = "Model of requests that name none. Default: Showreel's default model."
  type        = string
  default     = null

  validation {
    condition     = var.default_model == null || can(regex("^(veo|gemini-omni)-[a-z0-9.-]+$", var.default_model))
    error_message = "default_model must be the id of a model of Veo or Gemini Omni; GET /v1/models lists them."
  }
}

variable "max_videos_per_campaign" {
  description = "Slots per campaign. Default: 4."
  type        = number
  default     = null

  validation {
    condition     = var.max_videos_per_campaign == null || contains(range(1, 101), coalesce(var.max_videos_per_campaign, 1))
    error_message = "max_videos_per_campaign must be a whole number from 1 to 100."
  }
}

variable "campaign_budget_usd" {
  description = "Default budget in USD for campaigns without their own. Default: no limit."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.campaign_budget_usd, 0) >= 0 && coalesce(var.campaign_budget_usd, 0) <= 1000000000000
    error_message = "campaign_budget_usd must be an amount in dollars: 0 or more, and no more than 1000000000000."
  }
}

variable "daily_budget_usd" {
  description = "Budget in USD per day (UTC) for the whole installation; 0 stops all spending. Unlike `monthly_budget`, it refuses requests that would exceed it. Default: no limit."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.daily_budget_usd, 0) >= 0 && coalesce(var.daily_budget_usd, 0) <= 1000000000000
    error_message = "daily_budget_usd must be an amount in dollars: 0 or more, and no more than 1000000000000."
  }
}

variable "filtered_retries" {
  description = "How often a video is resubmitted after the safety filter removed its clip, which is not billed. Default: never."
  type        = number
  default     = null

  validation {
    condition     = var.filtered_retries == null || contains(range(0, 4), coalesce(var.filtered_retries, 0))
    error_message = "filtered_retries must be a whole number from 0 to 3."
  }
}

variable "model_rates" {
  description = "Submissions a minute for each model; further videos wait in the queue. 0 stops all submissions of the model. Default: the model's quota in `GET /v1/models`."
  type        = map(number)
  default     = {}

  validation {
    condition     = alltrue([for rate in values(var.model_rates) : rate >= 0 && rate <= 9999 && floor(rate) == rate])
    error_message = "model_rates must be whole numbers from 0 to 9999."
  }
}

variable "queue_limit_hours" {
  description = "Hours that a video may wait for its turn before it fails, unbilled. Default: 24."
  type        = number
  default     = null

  validation {
    condition     = var.queue_limit_hours == null || contains(range(1, 169), coalesce(var.queue_limit_hours, 1))
    error_message = "queue_limit_hours must be a whole number from 1 to 168."
  }
}

variable "keep_historical" {
  description = "Historical videos kept per slot. Default: 10."
  type        = number
  default     = null

  validation {
    condition     = var.keep_historical == null || contains(range(0, 101), coalesce(var.keep_historical, 0))
    error_message = "keep_historical must be a whole number from 0 to 100."
  }
}

variable "trash_days" {
  description = "Days for which a deleted video can be restored; 0 removes it at once. Default: 7."
  type        = number
  default     = null

  validation {
    condition     = var.trash_days == null || contains(range(0, 31), coalesce(var.trash_days, 0))
    error_message = "trash_days must be a whole number from 0 to 30."
  }
}

variable "keep_failed_days" {
  description = "Days after its end during which the record of a failed or cancelled video is kept. Default: 30."
  type        = number
  default     = null

  validation {
    condition     = var.keep_failed_days == null || contains(range(8, 366), coalesce(var.keep_failed_days, 0))
    error_message = "keep_failed_days must be a whole number from 8 to 365."
  }
}

variable "event_days" {
  description = "Days for which an event can be read, at least. Default: 30."
  type        = number
  default     = null

  validation {
    condition     = var.event_days == null || contains(range(1, 366), coalesce(var.event_days, 0))
    error_message = "event_days must be a whole number from 1 to 365."
  }
}

variable "public_url" {
  description = "Public base URL in responses, if callers use a URL other than the function's."
  type        = string
  default     = null

  validation {
    condition     = var.public_url == null || can(regex("^https://[^/ ]+[^ ]*$", var.public_url))
    error_message = "public_url must begin with https://."
  }
}

variable "allowed_hosts" {
  description = "Additional host names accepted by the API, beside those of `public_url` and Cloud Run. Only needed with `public_url`: without it, every host that Cloud Run routes is accepted."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for host in var.allowed_hosts : can(regex("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", host))])
    error_message = "Each of the allowed_hosts must be a host name such as videos.example.com: no scheme, no port, and never *."
  }
}

variable "allowed_origins" {
  description = "Origins of web pages that may call the API, and so spend, such as `https://app.example.com`. A browser cannot pass IAM: use a public API with `API_KEYS`."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for origin in var.allowed_origins : can(regex("^(https://[a-z0-9.-]+|http://localhost)(:[0-9]+)?$", origin))])
    error_message = "Each of the allowed_origins must be an origin such as https://app.example.com: no path, no slash at its end, and never *."
  }
}

variable "log_level" {
  description = "DEBUG, INFO, WARNING or ERROR. Alerts and the dashboard need INFO."
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level must be DEBUG, INFO, WARNING or ERROR."
  }
}

variable "secrets" {
  description = "Settings stored in Secret Manager: for each setting, the secret's id, its version, and the functions that receive it. Create the secrets first; their values never reach the Terraform state."
  type = map(object({
    secret    = string
    version   = optional(string, "latest")
    functions = set(string)
  }))
  default = {}

  validation {
    condition     = alltrue([for name in keys(var.secrets) : can(regex("^[A-Z][A-Z0-9_]*$", name))])
    error_message = "secrets must be named as settings are: in capitals, such as SIGNING_KEY."
  }

  validation {
    condition     = alltrue([for each in values(var.secrets) : can(regex("^[A-Za-z0-9_-]{1,255}$", each.secret))])
    error_message = "The secret of each of the secrets must be its id in this project, without projects/…/."
  }

  validation {
    condition     = alltrue([for each in values(var.secrets) : length(each.functions) > 0 && length(setsubtract(each.functions, keys(local.functions))) == 0])
    error_message = "The functions of each of the secrets must be names of main.py, such as serve_api; at least one."
  }
}
