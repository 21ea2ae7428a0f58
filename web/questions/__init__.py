"""为什么推荐给我, 为什么没有: any pair of a need and an achievement, asked by whoever may see both."""
