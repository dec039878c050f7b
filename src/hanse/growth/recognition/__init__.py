"""Recognition: thanks, personal records, anniversaries, expertise that partners share; a leaderboard with consent."""
