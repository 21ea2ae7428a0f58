"""科研诚信: the records about oneself and one's organisation, and the appeal."""
