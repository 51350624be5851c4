"""Rules, verdicts, waivers, inspections, schemes."""
