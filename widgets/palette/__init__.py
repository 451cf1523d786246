"""The palette: every op by category, searched, dragged or added by keyboard."""
