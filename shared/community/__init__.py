"""The community: contents (memes and GIFs), categories, tags, favourites, reports. Keys are its entities' own."""
