"""限时转化: the public list, an institution's own duties and reports, the countdown on a record's page."""
