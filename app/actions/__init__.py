"""Actions: what one can do, as data. Menus, shortcuts and the search box are made from the same lists."""
