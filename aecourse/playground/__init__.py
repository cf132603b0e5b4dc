"""The playground: an autoencoder one can touch, in a notebook or on a page of its own."""
