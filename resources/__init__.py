"""Files that are not code: icons, fonts, demos, small data sets."""
