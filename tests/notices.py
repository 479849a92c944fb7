"""Forty notices that differ in a name, a number, a date and a thing, and a question for each.

What tells them apart are the words that vectors blur. The questions are worded by hand.
"""

from typing import NamedTuple

from index.records import Document


class Notice(NamedTuple):
    """What a notice says that no other says, and what is asked of it.

    Args:
        number: of the decision.
        name: who asked the board.
        day: when the board heard it.
        fee: what it costs, in crowns.
        thing: what was to be kept on the quay.
        question: what only this notice answers.
    """

    number: str
    name: str
    day: str
    fee: str
    thing: str
    question: str

    @property
    def document(self) -> Document:
        """The notice as an article."""
        text = (
            f"Notice of decision {self.number}. The harbour board of Saltreach has considered the"
            f" request of {self.name} to keep {self.thing} on the north quay. The request was heard"
            f" on {self.day}. The board has granted it for one year against a fee of {self.fee}"
            " crowns, to be paid at the harbour office before the first day of the next quarter."
            " Objections may be sent to the clerk in writing within three weeks."
        )
        return Document(self.number, "Notice of the harbour board", text)


# Ten each are asked for by a name, a number, a date and a rare word.
TABLE = """\
4417 | Anna Brandt | 3 March 2031 | 1,250 | a capstan
    What may Anna Brandt keep on the quay?
4471 | Anne Brand | 13 March 2031 | 1,205 | a windlass
    Which request of Anne Brand was granted?
4174 | Hanna Brandis | 30 March 2031 | 1,520 | a bollard
    How much does Hanna Brandis have to pay?
4714 | Jon Maarten | 3 May 2031 | 2,150 | a davit
    When was Jon Maarten heard?
4741 | Jan Maartens | 13 May 2031 | 2,510 | a gangway
    What was granted to Jan Maartens?
4147 | Jens Martin | 30 May 2031 | 2,105 | a pontoon
    What does the quay cost Jens Martin?
5208 | Ida Kvist | 2 June 2031 | 310 | a lobster pot
    Has the board heard Ida Kvist?
5280 | Ada Qvist | 12 June 2031 | 301 | an eel trap
    On what day was the request of Ada Qvist heard?
5028 | Ole Thorsen | 20 June 2031 | 130 | a crab line
    What is Ole Thorsen allowed to leave there?
5082 | Olaf Torson | 22 June 2031 | 103 | a fish crate
    Which fee was set for Olaf Torson?
5802 | Mia Falk | 6 July 2031 | 4,400 | a dinghy
    What was settled in decision 5802?
5820 | Max Falke | 16 July 2031 | 4,040 | a skiff
    Whose request is number 5820?
6135 | Eva Lindt | 26 July 2031 | 4,004 | a punt
    Who asked for what in notice 6135?
6153 | Ewa Lind | 7 August 2031 | 5,075 | a raft
    What is the fee under 6153?
6315 | Per Holm | 17 August 2031 | 5,705 | a barge
    When was 6315 heard?
6351 | Peer Holmen | 27 August 2031 | 7,505 | a tender
    Who pays 7,505 crowns?
6513 | Lea Strand | 8 September 2031 | 660 | an anchor
    For what is a fee of 660 charged?
6531 | Leo Strandt | 18 September 2031 | 606 | a grapnel
    Which notice sets 606 crowns?
7096 | Nils Berg | 28 September 2031 | 6,006 | a kedge
    Who has to pay a fee of 6,006?
7069 | Niels Berge | 9 October 2031 | 6,600 | a mooring
    What costs 6,600 crowns a year?
7906 | Ruth Aske | 19 October 2031 | 815 | a hawser
    What was heard on 19 October 2031?
7960 | Rut Asker | 29 October 2031 | 851 | a towrope
    Who came before the board on 29 October 2031?
7609 | Tom Vik | 1 November 2031 | 185 | a fender
    Whose request was dealt with on 1 November?
7690 | Thom Wik | 11 November 2031 | 158 | a boathook
    What did the board hear on 11 November?
8342 | Gro Lund | 21 November 2031 | 518 | a ladder
    What is to be paid after the hearing of 21 November?
8324 | Greta Lunde | 4 December 2031 | 581 | a tarpaulin
    Which thing was the hearing of 4 December about?
8432 | Kai Moen | 14 December 2031 | 930 | a bilge pump
    Who was heard on 14 December?
8423 | Kaj Moe | 24 December 2031 | 903 | a hand pump
    Was there a hearing on 24 December?
8234 | Siv Dahl | 5 January 2032 | 390 | a flagstaff
    What did the board decide in January 2032?
8243 | Siw Dahle | 15 February 2032 | 309 | a lantern
    Which hearing was in February 2032?
9157 | Finn Rode | 25 April 2031 | 1,075 | a camel
    Who wants a camel on the quay?
9175 | Fynn Roder | 27 April 2031 | 1,057 | a theodolite
    What does the theodolite cost?
9517 | Liv Sand | 28 April 2031 | 1,705 | a zoetrope
    When was the zoetrope talked about?
9571 | Lif Sande | 29 April 2031 | 1,750 | a harmonium
    Whose harmonium is it?
9715 | Bo Krog | 17 April 2031 | 7,051 | a samovar
    May a samovar stand there?
9751 | Bob Krogh | 18 April 2031 | 7,015 | a diorama
    Who shows a diorama?
1862 | Elin Voss | 19 April 2031 | 5,107 | a sundial
    How much is asked for the sundial?
1826 | Ellen Foss | 15 April 2031 | 5,170 | an astrolabe
    Which number has the decision on the astrolabe?
1682 | Udo Ruge | 16 April 2031 | 5,017 | a heliograph
    On what day did a heliograph come before the board?
1628 | Uwe Rugge | 14 April 2031 | 5,071 | a gnomon
    Was the gnomon granted?
"""
LINES = [line.strip() for line in TABLE.splitlines()]
NOTICES = tuple(
    Notice(*row.split(" | "), question)
    for row, question in zip(LINES[::2], LINES[1::2], strict=True)
)
