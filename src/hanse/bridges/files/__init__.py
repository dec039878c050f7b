"""Files: order exports of shops (CSV, also gzip or xz) become conversions and refunds, every line accounted for."""
