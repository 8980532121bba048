"""multilingual-e5-small for Japanese and English, INT8, out of a package that carries it in 4 bits.

`packed` reads the package's file, `tokenizer` keeps the pieces of the two languages and splits text into them, `build`
writes the graph. The package's own engine, which runs on x86-64 only, is not used.

Wang et al., 2024, "Multilingual E5 Text Embeddings", https://arxiv.org/abs/2402.05672.
"""

NAME = "multilingual-e5-small-int8"
