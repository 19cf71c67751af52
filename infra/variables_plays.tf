# Who watched what.

variable "plays_invokers" {
  description = "IAM members that may report plays to `record-plays`; as for `invokers`. Viewers of a public page are `allUsers`. Default: only principals with project-wide rights."
  type        = set(string)
  default     = []

  validation {
    condition     = alltrue([for member in var.plays_invokers : can(regex("^((user|group|serviceAccount):[^@ :*]+@[^@ :*]+[.][^@ :.*]+|domain:[a-z0-9.-]+[.][a-z]+|principal(Set)?://iam[.]googleapis[.]com/.+|allUsers|allAuthenticatedUsers)$", member))])
    error_message = "Each of the plays_invokers must be a member of IAM: user:, group: or serviceAccount: with an e-mail address, domain:, principal:// or principalSet://."
  }

  validation {
    condition     = var.plays_public || length(setintersection(var.plays_invokers, ["allUsers", "allAuthenticatedUsers"])) == 0
    error_message = "allUsers and allAuthenticatedUsers let anyone who has a play token report plays. If you want that, also set plays_public = true."
  }
}

variable "plays_public" {
  description = "Confirms public access to `record-plays`: `allUsers` in `plays_invokers` is refused without it. It grants nothing by itself, and the API stays as it is."
  type        = bool
  default     = false
}

variable "plays_export" {
  description = "Exports each view to BigQuery, through the topic `play-views` into the table `showreel.play_views`."
  type        = bool
  default     = false
}
