"""科技驿站 (M30): service points, who works there, and whom they receive (M08, M34)."""
