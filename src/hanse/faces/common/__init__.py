"""What all faces share: formatting, access, tables with state in the URL, charts, page frames."""
