// What the course asks of Sphinx's search: questions in plain words, lessons first, and excerpts that are the page's own
// sentences. Sphinx would show what the page begins with: buttons, folded cells and its table of contents.
{
  // The frame around a page's words, and what a reader opens only by a click.
  const FURNITURE = ".headerlink, script, style, nav, details, iframe, audio, .course-launch, .course-advice";
  const BLOCKS = "p, li, dt, tr, pre";
  const LONGEST = 240;
  const ASKING = new Set("what when where which who why how mean means explain explained lesson lessons".split(" "));

  const parse = Search._parseQuery;
  Search._parseQuery = (query) => parse(asked(query));

  // Returns the words that a question is about; "how long" asks for minutes.
  function asked(query) {
    const words = splitQuery(query.toLowerCase().replace(/\bhow (long|much time)\b/g, "minutes"));
    const kept = words.filter((word) => !ASKING.has(word) && !stopwords.has(word));
    return kept.length && kept.length < words.length ? kept.join(" ") : query;
  }

  // The lessons explain; the package's reference and the list of changes name their words once more.
  Scorer.score = ([page, , , , score]) => {
    if (page.startsWith("lessons/")) return score + 3;
    return /^(reference\/|changes$)/.test(page) ? score * 0.4 : score;
  };

  Search.makeSearchSummary = (html, stems, anchor) => {
    const { title, passages } = read(html, anchor);
    // What the title says already needs no excerpt; without another word the page's own first sentence tells most.
    const words = [...stems].map(beginning).filter((word) => !word.test(title));
    const worth = ({ text, prose }) => words.filter((word) => word.test(text)).length + (prose ? 0.5 : 0);
    const best = passages.reduce((one, other) => (worth(other) > worth(one) ? other : one), passages[0]);
    if (!best) return null;
    const summary = document.createElement("p");
    summary.className = "context";
    summary.textContent = around(best.text, words);
    return summary;
  };

  // Returns what finds the words that begin with a stem, in which an i may stand for the y of the word.
  function beginning(stem) {
    return new RegExp(`(?<!\\p{L})${_escapeRegExp(stem.replace(/i$/, ""))}`, "iu");
  }

  // Returns the title and the sentences, rows and code of a page, or of the part of it that an anchor names.
  function read(html, anchor) {
    const page = new DOMParser().parseFromString(html, "text/html");
    const article = page.querySelector("article.bd-article") ?? page.body;
    const named = anchor ? article.querySelector(anchor) : null;
    const place = (named?.matches("dt") ? named.nextElementSibling : named) ?? article;
    place.querySelectorAll(FURNITURE).forEach((element) => element.remove());
    place.querySelectorAll("br, td").forEach((element) => element.after(" "));
    const title = (named?.matches("dt") ? named : place.querySelector("h1, h2, h3, h4"))?.textContent ?? "";
    const passages = [...place.querySelectorAll(BLOCKS)]
      .filter((e) => !e.parentElement.closest("tr") && (e.matches("tr") || !e.querySelector(BLOCKS)))
      .map((e) => ({ text: e.textContent.replace(/\s+/g, " ").trim(), prose: e.matches("p, li, tr") }))
      .filter(({ text }) => /\p{L}/u.test(text) && !/^(Read on|You need)\b/.test(text));
    return { title, passages };
  }

  // Returns as much of a passage as an excerpt holds, around the first of the words, and no half words.
  function around(text, words) {
    if (text.length <= LONGEST) return text;
    const first = Math.min(...words.map((word) => text.search(word)).filter((at) => at >= 0), text.length);
    const begin = first === text.length || first < LONGEST / 2 ? 0 : text.indexOf(" ", first - LONGEST / 2) + 1;
    const rest = text.slice(begin);
    const end = rest.length <= LONGEST ? rest.length : Math.max(rest.lastIndexOf(" ", LONGEST), 1);
    return `${begin ? "… " : ""}${rest.slice(0, end)}${end < rest.length ? " …" : ""}`;
  }
}
