"""Programs: standing arrangements with their goals and attribution policy."""
