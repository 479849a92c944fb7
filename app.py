"""The chat over the example articles; what Hugging Face Spaces starts."""

from qa import load
from qa.chat import serve
from qa.seeds import seed_examples

if __name__ == "__main__":
    serve(load(), examples=seed_examples())
