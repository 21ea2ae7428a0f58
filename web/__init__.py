"""The portal: takes a request, shows a page."""
