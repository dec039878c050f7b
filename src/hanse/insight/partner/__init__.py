"""One partner: everything that happened, what each link and code brought, commission by month."""
