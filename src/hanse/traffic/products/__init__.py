"""Products: what the business calls its articles, so that explanations can say “Stoneware teapot” beside a number."""
