"""技术合同: its terms and type, registration, milestones, payments and performance reports. Pure but for the queries."""
