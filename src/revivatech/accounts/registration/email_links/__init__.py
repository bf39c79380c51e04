"""The pages that the links of mails open: each asks before it acts, for mail programs open links too."""
