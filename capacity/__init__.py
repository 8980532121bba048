"""The operators' commands for release capacity; README.md says how to use them.

`validating` judges calendars, `asking` invokes plan_releases, `show` prints what it answers; `quotas` compares the
forecast peak with the account's quotas, which `service_quotas` reads.
"""
