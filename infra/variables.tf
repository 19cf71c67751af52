# Where

variable "project_id" {
  description = "The id of the project that everything is made in. One project holds one installation."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be the id of a project, such as my-project-123: 6 to 30 lower-case letters, digits and hyphens. It is neither the project's name nor its number."
  }
}

variable "region" {
  description = "The region of the functions, the bucket, and the scheduler."
  type        = string
  default     = "us-central1"

  validation {
    condition     = can(regex("^(africa|asia|australia|europe|me|northamerica|southamerica|us)-(central|east|north|northeast|northwest|south|southeast|southwest|west)[1-9][0-9]?$", var.region))
    error_message = "region must be a region of Google Cloud, such as us-central1 or europe-west4, and no zone."
  }
}

variable "veo_location" {
  description = "The region in which Veo is asked, or `global`."
  type        = string
  default     = "us-central1"

  validation {
    condition     = can(regex("^(global|[a-z]+-[a-z]+[1-9][0-9]?)$", var.veo_location))
    error_message = "veo_location must be a region in which Veo is offered, such as us-central1, or global."
  }
}

variable "firestore_location" {
  description = "Where the records are kept: a region, or `nam5` or `eur3` for several. By default the region. It can never be changed."
  type        = string
  default     = null

  validation {
    condition     = var.firestore_location == null || can(regex("^(nam5|nam7|eur3|[a-z]+-[a-z]+[1-9][0-9]?)$", var.firestore_location))
    error_message = "firestore_location must be a location of Firestore, such as nam5, eur3 or us-central1."
  }
}

variable "firestore_database" {
  description = "The database of the records, which is created. The first one of a project, `(default)`, has a free quota."
  type        = string
  default     = "(default)"

  validation {
    condition     = var.firestore_database != "default" && can(regex("^(\\(default\\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$", var.firestore_database))
    error_message = "firestore_database must be (default), with its parentheses, or 4 to 63 lower-case letters, digits and hyphens."
  }
}

variable "bucket_name" {
  description = "The bucket of the videos, which is created; its name is unique in the world. By default the project's id and `-videos`."
  type        = string
  default     = null

  validation {
    condition     = var.bucket_name == null || can(regex("^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$", var.bucket_name))
    error_message = "bucket_name must have 3 to 63 lower-case letters, digits, hyphens and underscores."
  }
}

# What runs

variable "source_archive" {
  description = "The archive that `make package` has made. Another content means another deployment."
  type        = string
  default     = "../dist/showreel.zip"

  validation {
    condition     = fileexists(var.source_archive)
    error_message = "There is no file source_archive. `make package` makes it."
  }
}

variable "max_instances" {
  description = "The most instances of each function; with `generate_video` it bounds how many submissions go to Veo at once."
  type        = number
  default     = 10

  validation {
    condition     = var.max_instances >= 1 && var.max_instances <= 100 && floor(var.max_instances) == var.max_instances
    error_message = "max_instances must be a whole number from 1 to 100."
  }
}

variable "video_generator" {
  description = "Who makes the videos: `veo`, for money, or `synthetic`, which renders real MP4s for nothing: a first installation to try."
  type        = string
  default     = "veo"

  validation {
    condition     = contains(["veo", "synthetic"], var.video_generator)
    error_message = "video_generator must be veo or synthetic."
  }
}

variable "default_model" {
  description = "The model of a request that names none. By default Showreel's own."
  type        = string
  default     = null

  validation {
    condition     = var.default_model == null || can(regex("^veo-[a-z0-9.-]+$", var.default_model))
    error_message = "default_model must be the id of a model of Veo; GET /v1/models lists them."
  }
}

variable "max_videos_per_campaign" {
  description = "How many slots a campaign has. By default 4."
  type        = number
  default     = null

  validation {
    condition     = var.max_videos_per_campaign == null || contains(range(1, 101), coalesce(var.max_videos_per_campaign, 1))
    error_message = "max_videos_per_campaign must be a whole number from 1 to 100."
  }
}

variable "campaign_budget_usd" {
  description = "The dollars that a campaign may use which has no budget of its own. By default there is no limit."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.campaign_budget_usd, 0) >= 0 && coalesce(var.campaign_budget_usd, 0) <= 1000000000000
    error_message = "campaign_budget_usd must be an amount in dollars: 0 or more, and no more than 1000000000000."
  }
}

variable "daily_budget_usd" {
  description = "The dollars that the whole installation may use in a day (UTC); 0 stops all spending. Unlike `monthly_budget` it refuses what would exceed it. By default there is no limit."
  type        = number
  default     = null

  validation {
    condition     = coalesce(var.daily_budget_usd, 0) >= 0 && coalesce(var.daily_budget_usd, 0) <= 1000000000000
    error_message = "daily_budget_usd must be an amount in dollars: 0 or more, and no more than 1000000000000."
  }
}

variable "filtered_retries" {
  description = "How often a video is submitted again after the safety filter took its clip, which is not billed. By default never."
  type        = number
  default     = null

  validation {
    condition     = var.filtered_retries == null || contains(range(0, 4), coalesce(var.filtered_retries, 0))
    error_message = "filtered_retries must be a whole number from 0 to 3."
  }
}

variable "keep_historical" {
  description = "How many replaced videos are kept for each slot. By default 1."
  type        = number
  default     = null

  validation {
    condition     = var.keep_historical == null || contains(range(0, 101), coalesce(var.keep_historical, 0))
    error_message = "keep_historical must be a whole number from 0 to 100."
  }
}

variable "public_url" {
  description = "The service's own URL in its answers, where callers reach it at another one than the function's."
  type        = string
  default     = null

  validation {
    condition     = var.public_url == null || can(regex("^https://[^/ ]+[^ ]*$", var.public_url))
    error_message = "public_url must begin with https://."
  }
}

variable "allowed_hosts" {
  description = "Host names under which the API answers beside those of `public_url` and of Cloud Run. They matter only with a `public_url`: without it every host that Cloud Run routes is answered."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for host in var.allowed_hosts : can(regex("^[a-z0-9]([a-z0-9.-]*[a-z0-9])?$", host))])
    error_message = "Each of the allowed_hosts must be a host name such as videos.example.com: no scheme, no port, and never *."
  }
}

variable "allowed_origins" {
  description = "The web sites whose pages may call the API, and so spend, such as `https://app.example.com`. A browser cannot pass IAM: it takes a public API with `API_KEYS`."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for origin in var.allowed_origins : can(regex("^(https://[a-z0-9.-]+|http://localhost)(:[0-9]+)?$", origin))])
    error_message = "Each of the allowed_origins must be an origin such as https://app.example.com: no path, no slash at its end, and never *."
  }
}

variable "log_level" {
  description = "DEBUG, INFO, WARNING or ERROR. Alerts and the dashboard count events of INFO."
  type        = string
  default     = "INFO"

  validation {
    condition     = contains(["DEBUG", "INFO", "WARNING", "ERROR"], var.log_level)
    error_message = "log_level must be DEBUG, INFO, WARNING or ERROR."
  }
}

variable "secrets" {
  description = "Settings whose values are in Secret Manager: for the name of each, the secret's id, its version, and the functions that are given it. The secrets exist already, so that no state holds their values."
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

# What is kept

variable "attempt_retention_days" {
  description = "After how many days what Veo wrote, the receipts of messages, and the answers under an `Idempotency-Key` are removed. Finished videos stay."
  type        = number
  default     = 30

  validation {
    condition     = contains(range(8, 366), var.attempt_retention_days)
    error_message = "attempt_retention_days must be a whole number from 8 to 365: a receipt has to outlive its message, which Pub/Sub keeps for 7 days."
  }
}

variable "soft_delete_days" {
  description = "For how many days a deleted object can be restored, and is paid for."
  type        = number
  default     = 7

  validation {
    condition     = contains(range(7, 91), var.soft_delete_days)
    error_message = "soft_delete_days must be a whole number from 7 to 90."
  }
}

variable "deletion_protection" {
  description = "Whether the bucket and the database refuse to be destroyed. Only a teardown turns it off."
  type        = bool
  default     = true
}

# Who may call

variable "invokers" {
  description = "Who may call the API: members of IAM, such as `user:ana@example.com`, `group:…`, `serviceAccount:…`. By default nobody but those who may everywhere in the project."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for member in var.invokers : can(regex("^((user|group|serviceAccount):[^@ :*]+@[^@ :*]+[.][^@ :.*]+|domain:[a-z0-9.-]+[.][a-z]+|principal(Set)?://iam[.]googleapis[.]com/.+|allUsers|allAuthenticatedUsers)$", member))])
    error_message = "Each of the invokers must be a member of IAM: user:, group: or serviceAccount: with an e-mail address, domain:, principal:// or principalSet://."
  }

  validation {
    condition     = var.allow_public || length(setintersection(var.invokers, ["allUsers", "allAuthenticatedUsers"])) == 0
    error_message = "allUsers and allAuthenticatedUsers let anybody spend your money. If that is meant, set allow_public = true as well."
  }
}

variable "allow_public" {
  description = "The second key of public access: without it `allUsers` is refused among the invokers. By itself it opens nothing."
  type        = bool
  default     = false
}

variable "publishers" {
  description = "Who may ask for videos by publishing to the topic `request-videos`: members of IAM, as for the invokers, and never everybody."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for member in var.publishers : can(regex("^((user|group|serviceAccount):[^@ :*]+@[^@ :*]+[.][^@ :.*]+|domain:[a-z0-9.-]+[.][a-z]+|principal(Set)?://iam[.]googleapis[.]com/.+)$", member))])
    error_message = "Each of the publishers must be a member of IAM: user:, group: or serviceAccount: with an e-mail address, domain:, principal:// or principalSet://; never allUsers."
  }
}

variable "cors_origins" {
  description = "The web sites whose scripts may read videos from the bucket, such as `https://www.example.com`. A plain `<video>` needs none."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for origin in var.cors_origins : can(regex("^(https://[a-z0-9.-]+|http://localhost)(:[0-9]+)?$", origin))])
    error_message = "Each of the cors_origins must be an origin such as https://www.example.com: no path, no slash at its end, and never *."
  }
}

variable "github_repository" {
  description = "The repository whose workflows may deploy new code, such as `octo-org/showreel`. By default none."
  type        = string
  default     = null

  validation {
    condition     = var.github_repository == null || can(regex("^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "github_repository must be owner/name."
  }
}

variable "github_ref" {
  description = "The one branch or tag from which the repository may deploy."
  type        = string
  default     = "refs/heads/main"

  validation {
    condition     = can(regex("^refs/(heads|tags)/[A-Za-z0-9._/-]+$", var.github_ref))
    error_message = "github_ref must be one branch or tag in full, such as refs/heads/main."
  }
}

# Who is told, and when

variable "alert_emails" {
  description = "Who is told of an alert. Without any, alerts are seen in the console alone."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for email in var.alert_emails : can(regex("^[^@ :*]+@[^@ :*]+[.][^@ :.*]+$", email))])
    error_message = "Each of the alert_emails must be an e-mail address, such as ops@example.com."
  }
}

variable "hourly_spend_alert_usd" {
  description = "The dollars that videos may reserve in an hour before somebody is told. Showreel's own prices, within minutes; the bill comes a day later."
  type        = number
  default     = 50

  validation {
    condition     = var.hourly_spend_alert_usd > 0
    error_message = "hourly_spend_alert_usd must be more than 0."
  }
}

variable "billing_account" {
  description = "The billing account in which a budget for this project is made, such as `012345-6789AB-CDEF01`. By default there is no budget."
  type        = string
  default     = null

  validation {
    condition     = var.billing_account == null || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "billing_account must be the id of a billing account, such as 012345-6789AB-CDEF01."
  }
}

variable "monthly_budget" {
  description = "The budget of a month, in the billing account's own currency. It tells, and stops nothing."
  type        = number
  default     = 100

  validation {
    condition     = var.monthly_budget >= 1 && floor(var.monthly_budget) == var.monthly_budget
    error_message = "monthly_budget must be a whole number, and at least 1."
  }
}
