"""The contract of a case: its terms, registration, milestones, payments and reports; the list of one's contracts."""
