"""科技驿站: where visitors find a counter."""
