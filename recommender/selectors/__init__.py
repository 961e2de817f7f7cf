"""What the recommender tells other rooms."""
