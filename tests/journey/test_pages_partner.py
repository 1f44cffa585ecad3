"""The desk of a partner: of what was refused every one can be come to, page by page, with how many there are; of what is held as well."""

import re

from hervat.assemble import Node
from tests.journey.door import MATCHING, OM, case, message
from tests.journey.site import Served, a_server

REFUSED, HELD = 205, 3
SOURCE = f"urn:nld:oin:{OM}:systeem:door"


def make_refused(url: str) -> None:
    """Persons that OM may not register; cases that wait for their person; and one refused message of another organisation."""
    lines = [message(SOURCE, number, "person-registered", {}) for number in range(1, REFUSED + 1)]
    lines += [case(number) for number in range(REFUSED + 1, REFUSED + HELD + 1)]
    lines.append(message(f"urn:nld:oin:{MATCHING}:systeem:skdb", 1, "case-registered", {}))
    with Node.opened(url, writer=True) as node:
        node.receive(lines)


served = a_server(make_refused, "module")


def test_every_refused_message_of_a_partner_is_come_to_with_how_many_there_are(served: Served) -> None:
    path, pages, found = f"/en/partners/{OM}", 0, list[int]()
    while path:
        page = served.get(path).text
        assert f"{REFUSED} messages are here and were refused" in page
        exceptions = page.partition('id="exceptions"')[2].partition("</section>")[0]
        found += [int(number) for number in re.findall(r'scope="row"><a href="/en/entry/(\d+)"', exceptions)]
        further = re.search(r'rel="next" href="([^"]+)"', exceptions)
        path, pages = "" if further is None else further[1], pages + 1
    assert (found, pages) == ([*range(1, REFUSED + 1)], 3)
    assert "These are all." in exceptions
    assert "1 message is here and was refused" in served.get(f"/en/partners/{MATCHING}").text


def test_what_is_held_leads_to_the_whole_list_of_its_source(served: Served) -> None:
    tasks = served.get(f"/en/partners/{OM}").text.partition('id="tasks"')[2]
    (held,) = re.findall(r'<a href="(/en/held\?source=[^"]+)">3</a>', tasks)
    listed = served.get(held).text
    assert listed.count(f'href="/en/entry/{REFUSED + 1}"') > 0 and "unknown" not in held
