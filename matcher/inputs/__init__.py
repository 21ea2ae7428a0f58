"""What people and files may enter: types, limits and closed lists, with a sentence for each mistake."""
