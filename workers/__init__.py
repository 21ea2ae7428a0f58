"""What happens without a person waiting: changes carried to the index, matches, mails, the calendar."""
