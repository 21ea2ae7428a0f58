"""科研诚信记录 (M59): what bars an organisation or a person from publishing and signing."""
