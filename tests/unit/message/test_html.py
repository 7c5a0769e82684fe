"""HTML mail as a person would read it."""

from __future__ import annotations

import pytest

from tests.unit.message.making import body_of
from watcher.message import html


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("<div>One</div><div>Two</div>", "One\nTwo\n"),
        ("<p>One</p><p>Two</p>", "One\n\nTwo\n"),
        ("One<br>Two<br><br>Three", "One\nTwo\n\nThree\n"),
        ("<p>One <b>bold</b>, <i>two</i>.</p>", "One bold, two.\n"),
        ("<ul><li>One</li><li><p>Two</p></li></ul>", "- One\n- Two\n"),
        ("<table><tr><td>When</td><td>Tuesday</td></tr><tr><td>Where</td><td>Zoom</td></tr></table>", "When Tuesday\nWhere Zoom\n"),
        ("<p>a\n   b&nbsp;c&#8203;d</p>", "a b cd\n"),
        ("<pre>a\n  b</pre>", "a\n  b\n"),
        ("<head><title>T</title><style>p{}</style></head><body><script>x()</script>Hi</body>", "Hi\n"),
        ("<div style='display: none'>hidden</div><span hidden>too</span>Hi", "Hi\n"),
        ("<div style='max-height:0;overflow:hidden'>preheader</div><p>Hi</p>", "Hi\n"),
        ("<p class=MsoNormal>One</p><p class=MsoNormal>Two</p><p class=MsoNormal>&nbsp;</p><p class=MsoNormal>Three</p>", "One\nTwo\n\nThree\n"),
        ("<p style='margin: 0in'>One</p><p style='margin: 0in'>Two</p>", "One\nTwo\n"),
        ("One<hr>Two", "One\n________________________________\nTwo\n"),
        ("<p>Caf&eacute; &amp; more</p>", "Café & more\n"),
        ("<blockquote>indented</blockquote>", "indented\n"),
        ("<blockquote type='cite'>quoted<br>twice</blockquote>", "> quoted\n> twice\n"),
        ("Dana wrote:<blockquote>quoted</blockquote>", "Dana wrote:\n> quoted\n"),
        ("Message from Dana:<blockquote>new</blockquote>", "Message from Dana:\n\nnew\n"),
        ("<a href='https://x.example'><img src=x alt=logo></a>", ""),
        ("", ""),
        ("no tags at all", "no tags at all\n"),
        ("<p>never closed <b>at all", "never closed at all\n"),
    ],
)  # fmt: skip
def test_html_reads_as_it_looks(source: str, text: str) -> None:
    assert html.to_text(source) == text


def rich(source: str, subject: str = "Re: Interview") -> str:
    return f"Subject: {subject}\nIn-Reply-To: <m0@example.net>\nContent-Type: text/html; charset=utf-8\n\n{source}"


@pytest.mark.parametrize(
    "source",
    [
        '<div>Tuesday.</div><div class="gmail_quote"><div class="gmail_attr">On Mon, 9 Mar 2026, Dana &lt;d@acme.example&gt; wrote:<br></div>'
        '<blockquote class="gmail_quote"><div>Which day?</div></blockquote></div>',
        "<p class=MsoNormal>Tuesday.</p><div style='border:none;border-top:solid #E1E1E1 1.0pt'><p class=MsoNormal><b>From:</b> Dana<br>"
        "<b>Sent:</b> Monday<br><b>To:</b> Alex<br><b>Subject:</b> x</p></div><p class=MsoNormal>Which day?</p>",
        "<div>Tuesday.</div><hr><div id=divRplyFwdMsg><b>From:</b> Dana &lt;d@acme.example&gt;<br><b>Sent:</b> Monday<br><b>To:</b> Alex<br>"
        "<b>Subject:</b> x</div><div>Which day?</div>",
        "<div>Tuesday.</div><div><blockquote type='cite'><div>On 9 Mar 2026, at 10:00, Dana wrote:</div><div>Which day?</div></blockquote></div>",
        "<p>Tuesday.</p><div class=moz-cite-prefix>On 09/03/2026 10:00, Dana wrote:<br></div><blockquote type=cite>Which day?</blockquote>",
        "<div>Tuesday.</div><div class=yahoo_quoted>On Monday, March 9, 2026, Dana wrote:<br><br><div>Which day?</div></div>",
    ],
    ids=["gmail", "outlook", "outlook web", "apple", "thunderbird", "yahoo"],
)
def test_the_quotations_of_mail_programs_are_quoted(source: str) -> None:
    content = body_of(rich(source))
    assert content.new == "Tuesday.\n"
    assert "Which day?" in content.quoted


def test_links_are_collected_once_in_order() -> None:
    source = "<a href='https://x.example/1'>One</a><a href='mailto:d@acme.example'>Mail</a><a href='https://x.example/1'>Again</a><a href='#x'>no</a>"
    assert [(link.href, link.words) for link in html.links_of(source)] == [
        ("https://x.example/1", "One"),
        ("mailto:d@acme.example", "Mail"),
    ]


def test_a_link_takes_its_words_from_where_it_has_some() -> None:
    (link,) = html.links_of("<a href='https://x.example'><img src=x></a><a href='https://x.example'>Book</a>")
    assert link.words == "Book"


def test_elements_nested_too_deep_are_still_read() -> None:
    deep = "<div>" * 5_000 + "Tuesday" + "</div>" * 5_000
    assert html.to_text(deep) == "Tuesday\n"
