"""Projects: what a `.flowscope` file holds, and how it is read and written safely."""
