"""What a hand does on the canvas: each gesture is a small class with start, move, end and cancel."""
