"""Watch: pages that links lead to, orders that lose their click, links that stop selling. A fault opens an incident."""
