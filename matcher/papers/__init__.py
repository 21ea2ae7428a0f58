"""Printed papers: said once as blocks (`paper`), written as Word (`word`) and as PDF with embedded fonts (`pdf`)."""
