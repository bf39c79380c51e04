"""The PDF that a browser prints, as the rectangles of its text."""

from dataclasses import dataclass

import pypdfium2

# Points; the line boxes of one paragraph touch, and letters with tails reach below their line.
TOLERANCE = 2.0


@dataclass(frozen=True, slots=True)
class TextBox:
    """One run of text on a page, in points from the lower left corner."""

    page: int
    left: float
    bottom: float
    right: float
    top: float
    text: str

    def covers(self, other: "TextBox") -> bool:
        """Return True when both are printed over each other by more than the tolerance."""
        width = min(self.right, other.right) - max(self.left, other.left)
        height = min(self.top, other.top) - max(self.bottom, other.bottom)
        return self.page == other.page and width > TOLERANCE and height > TOLERANCE


def text_boxes(pdf: bytes) -> list[TextBox]:
    """Return every run of text of the document, in the order in which it was drawn."""
    document = pypdfium2.PdfDocument(pdf)
    boxes = []
    for number, page in enumerate(document):
        text = page.get_textpage()
        for index in range(text.count_rects()):
            left, bottom, right, top = text.get_rect(index)
            words = text.get_text_bounded(left, bottom, right, top).strip()
            boxes.append(TextBox(number, left, bottom, right, top, words))
    return [box for box in boxes if box.text]


def overlaps(boxes: list[TextBox]) -> list[str]:
    """Return a sentence for each pair of texts that are printed over each other."""
    return [
        f"page {one.page + 1}: {one.text!r} over {other.text!r}"
        for index, one in enumerate(boxes)
        for other in boxes[index + 1 :]
        if one.covers(other)
    ]


def height_used(boxes: list[TextBox], page: int) -> float:
    """Return the points from the first to the last line of a page."""
    here = [box for box in boxes if box.page == page]
    return max(box.top for box in here) - min(box.bottom for box in here)
