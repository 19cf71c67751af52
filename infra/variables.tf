# Location

variable "project_id" {
  description = "Project id. One project holds one installation."
  type        = string

  validation {
    condition     = can(regex("^[a-z][a-z0-9-]{4,28}[a-z0-9]$", var.project_id))
    error_message = "project_id must be the id of a project, such as my-project-123: 6 to 30 lower-case letters, digits and hyphens. Do not use the project's name or number."
  }
}

variable "region" {
  description = "Region of the functions, the bucket and the scheduler."
  type        = string
  default     = "us-central1"

  validation {
    condition     = can(regex("^(africa|asia|australia|europe|me|northamerica|southamerica|us)-(central|east|north|northeast|northwest|south|southeast|southwest|west)[1-9][0-9]?$", var.region))
    error_message = "region must be a region of Google Cloud, such as us-central1 or europe-west4, not a zone."
  }
}

variable "veo_location" {
  description = "Region of the Veo endpoint, or `global`."
  type        = string
  default     = "us-central1"

  validation {
    condition     = can(regex("^(global|[a-z]+-[a-z]+[1-9][0-9]?)$", var.veo_location))
    error_message = "veo_location must be a region in which Veo is offered, such as us-central1, or global."
  }
}

variable "firestore_location" {
  description = "Location of the database: a region, or `nam5` or `eur3` for a multi-region. Default: `region`. It cannot be changed later."
  type        = string
  default     = null

  validation {
    condition     = var.firestore_location == null || can(regex("^(nam5|nam7|eur3|[a-z]+-[a-z]+[1-9][0-9]?)$", var.firestore_location))
    error_message = "firestore_location must be a location of Firestore, such as nam5, eur3 or us-central1."
  }
}

variable "firestore_database" {
  description = "Name of the database to create. A project's first database, `(default)`, has a free quota."
  type        = string
  default     = "(default)"

  validation {
    condition     = var.firestore_database != "default" && can(regex("^(\\(default\\)|[a-z][a-z0-9-]{2,61}[a-z0-9])$", var.firestore_database))
    error_message = "firestore_database must be (default), with its parentheses, or 4 to 63 lower-case letters, digits and hyphens."
  }
}

variable "bucket_name" {
  description = "Name of the video bucket to create, globally unique. Default: the project id plus `-videos`."
  type        = string
  default     = null

  validation {
    condition     = var.bucket_name == null || can(regex("^[a-z0-9][a-z0-9_-]{1,61}[a-z0-9]$", var.bucket_name))
    error_message = "bucket_name must have 3 to 63 lower-case letters, digits, hyphens and underscores."
  }
}

# Functions

variable "source_archive" {
  description = "Archive built by `make package`. A change of its content redeploys the functions."
  type        = string
  default     = "../dist/showreel.zip"

  validation {
    condition     = fileexists(var.source_archive)
    error_message = "The file source_archive does not exist. Run `make package`."
  }
}

variable "max_instances" {
  description = "Maximum instances of each function. For `generate_video` it limits concurrent submissions to Veo."
  type        = number
  default     = 10

  validation {
    condition     = var.max_instances >= 1 && var.max_instances <= 100 && floor(var.max_instances) == var.max_instances
    error_message = "max_instances must be a whole number from 1 to 100."
  }
}

# Retention

variable "attempt_retention_days" {
  description = "Days after which Veo's output, receipts of messages, and answers to an `Idempotency-Key` are deleted. Finished videos are kept."
  type        = number
  default     = 30

  validation {
    condition     = contains(range(8, 366), var.attempt_retention_days)
    error_message = "attempt_retention_days must be a whole number from 8 to 365: a receipt has to outlive its message, which Pub/Sub keeps for 7 days."
  }
}

variable "soft_delete_days" {
  description = "Days during which a deleted object can be restored and costs storage."
  type        = number
  default     = 7

  validation {
    condition     = contains(range(7, 91), var.soft_delete_days)
    error_message = "soft_delete_days must be a whole number from 7 to 90."
  }
}

variable "deletion_protection" {
  description = "Protects the bucket and the database from deletion. Turn it off only to tear down."
  type        = bool
  default     = true
}

# Access

variable "invokers" {
  description = "IAM members that may call the API, such as `user:ana@example.com`, `group:…`, `serviceAccount:…`. Default: only principals with project-wide rights."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for member in var.invokers : can(regex("^((user|group|serviceAccount):[^@ :*]+@[^@ :*]+[.][^@ :.*]+|domain:[a-z0-9.-]+[.][a-z]+|principal(Set)?://iam[.]googleapis[.]com/.+|allUsers|allAuthenticatedUsers)$", member))])
    error_message = "Each of the invokers must be a member of IAM: user:, group: or serviceAccount: with an e-mail address, domain:, principal:// or principalSet://."
  }

  validation {
    condition     = var.allow_public || length(setintersection(var.invokers, ["allUsers", "allAuthenticatedUsers"])) == 0
    error_message = "allUsers and allAuthenticatedUsers let anyone spend your money. If you want that, also set allow_public = true."
  }
}

variable "allow_public" {
  description = "Confirms public access: `allUsers` in `invokers` is refused without it. It grants nothing by itself."
  type        = bool
  default     = false
}

variable "publishers" {
  description = "IAM members that may request videos by publishing to the topic `request-videos`; as for `invokers`, but never public."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for member in var.publishers : can(regex("^((user|group|serviceAccount):[^@ :*]+@[^@ :*]+[.][^@ :.*]+|domain:[a-z0-9.-]+[.][a-z]+|principal(Set)?://iam[.]googleapis[.]com/.+)$", member))])
    error_message = "Each of the publishers must be a member of IAM: user:, group: or serviceAccount: with an e-mail address, domain:, principal:// or principalSet://; never allUsers."
  }
}

variable "cors_origins" {
  description = "Origins whose scripts may read videos from the bucket, such as `https://www.example.com`. A plain `<video>` element needs none."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for origin in var.cors_origins : can(regex("^(https://[a-z0-9.-]+|http://localhost)(:[0-9]+)?$", origin))])
    error_message = "Each of the cors_origins must be an origin such as https://www.example.com: no path, no slash at its end, and never *."
  }
}

variable "github_repository" {
  description = "GitHub repository whose workflows may deploy new code, such as `octo-org/showreel`. Default: none."
  type        = string
  default     = null

  validation {
    condition     = var.github_repository == null || can(regex("^[A-Za-z0-9][A-Za-z0-9-]*/[A-Za-z0-9._-]+$", var.github_repository))
    error_message = "github_repository must be owner/name."
  }
}

variable "github_ref" {
  description = "Branch or tag from which the repository may deploy."
  type        = string
  default     = "refs/heads/main"

  validation {
    condition     = can(regex("^refs/(heads|tags)/[A-Za-z0-9._/-]+$", var.github_ref))
    error_message = "github_ref must be one branch or tag in full, such as refs/heads/main."
  }
}

# Alerts and budget

variable "alert_emails" {
  description = "Recipients of alerts. Without any, alerts are shown only in the console."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for email in var.alert_emails : can(regex("^[^@ :*]+@[^@ :*]+[.][^@ :.*]+$", email))])
    error_message = "Each of the alert_emails must be an e-mail address, such as ops@example.com."
  }
}

variable "hourly_spend_alert_usd" {
  description = "USD reserved per hour above which an alert fires. It uses Showreel's price list and fires within minutes; billing data is a day late."
  type        = number
  default     = 50

  validation {
    condition     = var.hourly_spend_alert_usd > 0
    error_message = "hourly_spend_alert_usd must be more than 0."
  }
}

variable "billing_account" {
  description = "Billing account in which to create a budget for this project, such as `012345-6789AB-CDEF01`. Default: no budget."
  type        = string
  default     = null

  validation {
    condition     = var.billing_account == null || can(regex("^[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}$", var.billing_account))
    error_message = "billing_account must be the id of a billing account, such as 012345-6789AB-CDEF01."
  }
}

variable "monthly_budget" {
  description = "Monthly budget in the billing account's currency. It sends notifications and stops nothing."
  type        = number
  default     = 100

  validation {
    condition     = var.monthly_budget >= 1 && floor(var.monthly_budget) == var.monthly_budget
    error_message = "monthly_budget must be a whole number, and at least 1."
  }
}
