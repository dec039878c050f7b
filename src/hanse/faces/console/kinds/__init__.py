"""Who is what: types of partners, rules between them, challenges, price lists."""
