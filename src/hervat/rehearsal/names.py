"""Invented people: names, numbers, births.

- A citizen service number passes the eleven-test and lies in the test range 9999xxxxx, never given to anybody. Those
  that begin with 99999 (909 of them) go first, to the people who are both known to the register and screened. There are too few
  of them for everybody: the people of hard stories and those who are screened and unknown have others that begin with 9.
- A number of a person (SKN) tells which life it belongs to; a prosecution number which case of it.
"""

from collections.abc import Iterator
from functools import cache
from random import Random
from typing import Final

SURNAMES: Final = (
    "Aalbers", "Bakker", "Boersma", "Bos", "Brouwer", "Dekker", "Dijkstra", "Driessen", "Eskes", "Faber", "Gerritsen", "Groen",
    "Haan", "Hendriks", "Hoekstra", "Huisman", "Jacobs", "Jansen", "Kaya", "Kok", "Koster", "Kramer", "Kuiper", "Maas",
    "Meijer", "Mertens", "Mulder", "Nijland", "Ooms", "Peters", "Post", "Prins", "Quist", "Roos", "Sanders", "Schouten",
    "Simsek", "Smit", "Smeets", "Timmer", "Tuinstra", "Visser", "Vos", "Wiersma", "Willems", "Yilmaz", "Zijlstra", "Çelik",
    "Müller", "Groß", "Łukasik", "Benali", "Amrani", "Wijdenbosch", "Tjon-A-Ten", "Pietersz",
)  # fmt: skip
GIVEN: Final = (
    "Aad", "Amira", "Anouk", "Bas", "Bilal", "Britt", "Carla", "Cem", "Daan", "Dewi", "Eef", "Elif", "Fenna", "Floor", "Gijs",
    "Guus", "Hanna", "Hatice", "Ilse", "Iris", "Jari", "Joëlle", "Jop", "Kees", "Kim", "Lars", "Loes", "Mees", "Milan", "Mira",
    "Nadia", "Noor", "Olaf", "Omar", "Petra", "Pim", "Roos", "Ruben", "Sara", "Sem", "Teun", "Tess", "Usha", "Vera", "Wout",
    "Xander", "Yara", "Zoë",
)  # fmt: skip
PREFIXES: Final = ("de", "van", "van der", "van den", "ten")
LIVES: Final = 10_000_000
PLACES: Final = ("Rotterdam", "Amsterdam", "Den Haag", "Utrecht", "Eindhoven", "Groningen", "Zwolle", "Arnhem", "Breda")
OFFICES: Final = (
    ("01", "Noord-Nederland"), ("05", "Gelderland"), ("08", "Overijssel"), ("09", "Den Haag"), ("10", "Rotterdam"),
    ("13", "Amsterdam"), ("15", "Noord-Holland"), ("16", "Midden-Nederland"), ("20", "Limburg"),
    ("02", "Zeeland-West-Brabant"), ("82", "CVOM"),
)  # fmt: skip
OF_THE_THREAD: Final = "999990019"
OF_THE_CANARY: Final = "999990020"


@cache
def service_numbers() -> tuple[str, ...]:
    """Every number of the test range that passes the eleven-test, those that begin with 99999 first; two are reserved."""
    begun = ((digits, _last_digit(digits)) for digits in (f"9999{rest:04}" for rest in range(10_000)))
    numbers = [f"{digits}{last}" for digits, last in begun if last < 10]
    for reserved in (OF_THE_THREAD, OF_THE_CANARY):
        numbers.remove(reserved)
    return tuple(sorted(numbers, key=lambda number: (not number.startswith("99999"), number)))


def strangers() -> Iterator[str]:
    """Numbers of people whom the register does not know: some 900,000 that begin with 99 and lie outside the range of all others."""
    for digits in range(99_000_000, 99_990_000):
        last = _last_digit(str(digits))
        if last < 10:
            yield f"{digits}{last}"


def number_of_story(index: int) -> str:
    """A number of somebody in a hard story, which begins with 96, 97 or 98: another for every index below 300,000."""
    digits = 96_000_000 + index % 300_000 * 10
    while _last_digit(str(digits)) == 10:
        digits += 1
    return f"{digits}{_last_digit(str(digits))}"


def _last_digit(digits: str) -> int:
    """What makes 9a + 8b + ... + 2h - i a multiple of eleven; 10 where no digit does."""
    return sum(int(digit) * weight for digit, weight in zip(digits, range(9, 1, -1), strict=True)) % 11


def skn_of(life: int, which: int) -> str:
    """The SKN of the `which`-th (0 to 3) number of a life."""
    return f"{30_000_000 + life * 4 + which:08}"


def pn_of(office: str, life: int, which: int) -> str:
    """The prosecution number of the `which`-th (0 to 9) case of a life; six digits hold 100,000 lives a year."""
    years, number = divmod(life * 10 + which, 1_000_000)
    return f"{office}/{number:06}-{25 - years:02}"


def birth(rng: Random) -> str:
    """A birth date; of one in thirty only the year or the month is known."""
    year, month, day = rng.randint(1945, 2007), rng.randint(1, 12), rng.randint(1, 28)
    known = rng.random()
    if known < 0.02:
        return str(year)
    return f"{year}-{month:02}" if known < 0.033 else f"{year}-{month:02}-{day:02}"


def identity(rng: Random, number_of_set: str, service_number: str | None = None) -> dict[str, object]:
    """An identity set as a message carries it."""
    known: dict[str, object] = {"set": number_of_set, "surname": rng.choice(SURNAMES), "given_names": rng.choice(GIVEN)}
    chance = rng.random()
    if chance < 0.3:
        known["prefix"] = rng.choice(PREFIXES)
    if chance < 0.97:
        known["birth"] = birth(rng)
    if chance < 0.6:
        known |= {"birth_place": rng.choice(PLACES), "birth_country": "NL", "sex": rng.choice("MV")}
    if chance < 0.4:
        known["nationalities"] = ["NL"]
    if service_number is not None:
        known["bsn"] = service_number
    return known
