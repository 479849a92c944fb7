"""A passage index as a retriever of LangChain: ``pip install -e '.[langchain]'`` in a checkout."""

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from index.engine import PassageIndex
from index.filters import Filter
from qa.questions import check_question
from qa.records import Excerpt

TOP_K = 5


class PullquoteRetriever(BaseRetriever):
    """Finds passages by meaning and by words, each with its place in its article.

    Args:
        index: what is searched.
        top_k: most passages to give.
        where: which articles are searched; all of them without it.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    index: PassageIndex
    top_k: int = Field(default=TOP_K, ge=1)
    where: Filter | None = None

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - there is nothing to tell it
    ) -> list[Document]:
        asked = [check_question(query, name="query")]
        (hits,) = self.index.search(asked, top_k=self.top_k, where=self.where)
        found = ((Excerpt.from_passage(hit.passage), hit) for hit in hits)
        return [
            Document(
                page_content=place.text,
                metadata={
                    "document_id": place.document_id,
                    "title": place.document_title,
                    "source": hit.passage.document.source,
                    "start": place.start,
                    "end": place.end,
                    "page": place.page,
                    "score": hit.score,
                },
            )
            for place, hit in found
        ]
