// Ask in the browser: a stored question with values, or SPARQL, answered in a worker over the graph of this folder.
"use strict";
(() => {
  const { make } = cartkg;
  const SHOWN = 500;
  const HOMES = { observation: "observations", follow_up: "follow-ups", source: "sources", claim: "claims" };
  const XSD = "http://www.w3.org/2001/XMLSchema#";
  // What SPARQL is made of: addresses, texts, comments, names, marks.
  const TOKENS = /<[^<>"{}|^`\\\s]*>|("""|''')[^]*?\1|"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|#.*|\d[\d.]*(?:[eE][+-]?\d+)?|[?$]\w+|[@:\p{L}_][\p{L}\p{N}_:.-]*|\S/gu;

  /** Whether one subtraction or division follows another, or an addition or multiplication it, without brackets. */
  const chained = (tokens) => {
    const levels = [{}];
    let before = ""; // what stands before: a number, which a variable or a bracket with one is too, or something else
    for (const [at, token] of tokens.entries()) {
      const level = levels.at(-1);
      const counts = before === "number";
      if ("({[".includes(token)) levels.push({});
      else if (")}]".includes(token)) {
        before = levels.length > 1 && levels.pop().numbers ? "number" : "";
        levels.at(-1).numbers ||= before === "number";
        continue;
      } else if ("+-".includes(token) && counts) {
        if (level.last === "-") return true;
        level.last = token;
        level.product = "";
      } else if ("*/".includes(token) && counts) {
        if (level.product === "/") return true;
        level.product = token;
      } else if (/^([?$]|\d)/.test(token)) {
        if (counts) level.last = level.product = "";
        level.numbers = true;
        before = "number";
        continue;
      } else if (!"+-*/".includes(token) && tokens[at + 1] !== "(") level.last = level.product = "";
      before = "";
    }
    return false;
  };
  let starting;
  let worker;

  /** What the worker says next. */
  const reply = (to) =>
    new Promise((done, failed) => {
      to.onmessage = ({ data }) => (data.problem ? failed(new Error(data.problem)) : done(data.found));
      to.onerror = (event) => failed(new Error(event.message || "the worker can not start"));
    });

  /** Start the engine in a worker, once; a page from a disk may read scripts only, so that is what it is made of. */
  const started = () =>
    (starting ??= (async () => {
      await Promise.all(["static/engine.js", "static/graph.js"].map(cartkg.load));
      const code = URL.createObjectURL(new Blob([cartkg.engine.code], { type: "text/javascript" }));
      worker = new Worker(code);
      worker.postMessage({ wasm: cartkg.engine.wasm, graph: cartkg.graph });
      await reply(worker);
      return worker;
    })());

  /** The answer to SPARQL: `head` and `results`, a truth, or a text of triples. */
  cartkg.ask = async (query) => {
    const one = await started();
    const tokens = [...query.matchAll(TOKENS)].map(([word]) => word.toUpperCase()).filter((word) => !word.startsWith("#"));
    const words = new Set(tokens);
    if (chained(tokens))
      throw new Error("The engine in this page reads a - b - c as a - (b - c), which is wrong: put what is reckoned first in brackets");
    const named = words.has("GRAPH") || words.has("FROM");
    const found = reply(one);
    one.postMessage({ query, named, whole: named && !words.has("FROM") });
    return found;
  };
  const stop = () => {
    worker?.terminate();
    worker = starting = undefined;
  };

  const quoted = (text) => JSON.stringify(text).replaceAll("\u007f", "\\u007F");
  const iri = (text) => (/^https?:\/\/[^\s<>"{}|\\^`]+$/.test(text) ? `<${text}>` : "");

  /** The terms that a name is taken for. */
  const terms = (parameter, name) => {
    if (parameter.type === "integer" || parameter.type === "decimal") return [`"${name}"^^<${XSD}${parameter.type}>`];
    return cartkg.values[parameter.known]?.[name]?.[0] ?? [quoted(name)];
  };

  /** The SPARQL of a stored question with values in its VALUES rows, and without the clauses of what is not given. */
  cartkg.bound = (question, asked) => {
    const given = {};
    const clauses = new Set();
    const { names, notes } = cartkg.understood(question, asked);
    for (const [name, values] of Object.entries(names)) {
      const parameter = question.parameters[name];
      given[parameter.row] = [...new Set(values.flatMap((value) => terms(parameter, value)))].join(" ");
      clauses.add(String(question.rows.find((row) => row.name === parameter.row).clause));
    }
    const edits = new Map();
    for (const row of question.rows) {
      if (row.name in given) edits.set(`${row.start}`, [row.start, row.end, ` ${given[row.name]} `]);
      else if (row.undefined && !clauses.has(String(row.clause))) edits.set(`${row.clause}`, [...row.clause, ""]);
      else if (row.undefined) edits.set(`${row.whole}`, [...row.whole, ""]);
    }
    const letters = [...question.text]; // positions count characters, not halves of them
    const parts = [];
    let done = 0;
    for (const [start, end, text] of [...edits.values()].sort((one, other) => one[0] - other[0] || other[1] - one[1])) {
      if (start < done) continue; // within what is left out
      parts.push(letters.slice(done, start).join(""), text);
      done = end;
    }
    return { text: parts.join("") + letters.slice(done).join(""), notes };
  };

  /** Keep the rows of an answer that have one of the values in each of these columns; what is said of that. */
  const keep = (found, columns) => {
    const small = (text) => text.toLowerCase();
    for (const [name, values] of columns)
      found.results.bindings = found.results.bindings.filter((row) => values.some((value) => small(row[name]?.value ?? "") === small(value)));
    return columns.map(([name]) => `rows without ${name} are left out`);
  };

  /** A link, if the address is one; what is ours is in this folder. */
  const link = (address, text) => {
    if (!iri(address)) return text;
    const place = cartkg.place(address);
    return make("a", text, place === address ? { href: address, rel: "noreferrer" } : { href: cartkg.file(place) });
  };
  const within = (place, text) => make("a", text, { href: cartkg.file(place) });
  const shown = (term) => {
    const kind = term.datatype?.slice(XSD.length);
    return ["decimal", "double", "float", "integer"].includes(kind) ? String(Number(term.value)) : term.value;
  };
  const cell = (row, name) => {
    const term = row[name];
    if (!term || term.value === "") return make("td");
    const other = row[`${name}_iri`]?.value || row[`${name.replace("_name", "")}_iri`]?.value;
    const isNumber = /#(decimal|double|float|integer)$/.test(term.datatype ?? "");
    if (iri(term.value)) return make("td", link(term.value, term.value));
    if (name === "node" && term.value.includes("/")) return make("td", within(`/id/${term.value}`, term.value));
    if (other) return make("td", link(other, term.value));
    if (name in HOMES) return make("td", within(`/id/${HOMES[name]}/${term.value}`, term.value));
    if (isNumber) return make("td", shown(term), { class: "number" });
    return make("td", term.value);
  };

  const csv = (names, rows) => {
    const safe = (text) => (/^[=+\-@\t\r]/.test(text) && !/^[+-]?([0-9]+([.][0-9]*)?|[.][0-9]+)([eE][+-]?[0-9]+)?$/.test(text) ? `'${text}` : text);
    const field = (text) => (/[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
    return [names, ...rows.map((row) => names.map((name) => safe(row[name]?.value ?? "")))].map((line) => `${line.map(field).join(",")}\n`).join("");
  };
  cartkg.csv = (found) => csv(found.head.vars, found.results.bindings);

  /** An answer as a page shows it. */
  const drawn = (found, stored) => {
    if ("text" in found || "boolean" in found) return [make("pre", found.text ?? (found.boolean ? "yes" : "no"))];
    const rows = found.results.bindings;
    const names = found.head.vars.filter((name) => !stored || (!name.endsWith("_iri") && rows.some((row) => row[name])));
    const more = rows.length > SHOWN ? `; the first ${SHOWN} are shown` : "";
    const table = make("table", [
      make("caption", `${rows.length} row${rows.length === 1 ? "" : "s"}${more}`),
      make("thead", make("tr", names.map((name) => make("th", stored ? name.replaceAll("_", " ") : name, { scope: "col" })))),
      make("tbody", rows.slice(0, SHOWN).map((row) => make("tr", names.map((name) => (stored ? cell(row, name) : make("td", row[name] ? link(row[name].value, row[name].value) : "")))))),
    ]);
    const file = URL.createObjectURL(new Blob([cartkg.csv(found)], { type: "text/csv" }));
    return [
      make("p", make("a", "Download this answer as CSV", { href: file, download: `${cartkg.question?.name ?? "answer"}.csv` })),
      make("div", table, { class: "scroll", tabindex: "0", role: "region", "aria-label": "Answer" }),
    ];
  };

  addEventListener("DOMContentLoaded", () => {
    const form = document.querySelector("form.ask");
    if (!form) return;
    const place = document.querySelector("#answer");
    const state = document.querySelector("#state");
    const query = form.elements.query;
    const run = async (asked) => {
      const began = performance.now();
      const halt = make("button", "Stop", { type: "button" });
      halt.addEventListener("click", () => {
        stop();
        state.replaceChildren("Stopped.");
      });
      state.replaceChildren("Asking … ", halt);
      try {
        const given = Object.entries(query ? {} : asked);
        const isColumn = ([name]) => !(name in cartkg.question.parameters) && form.elements[name];
        const own = Object.fromEntries(given.filter((one) => !isColumn(one)));
        const { text, notes } = query ? { text: asked.query[0], notes: [] } : cartkg.bound(cartkg.question, own);
        const found = await cartkg.ask(text);
        notes.push(...keep(found, given.filter(isColumn)));
        place.replaceChildren(...notes.map((note) => make("p", note, { class: "note" })), ...drawn(found, !query));
        state.replaceChildren(`Answered in this browser in ${Math.round(performance.now() - began)} ms.`);
      } catch (error) {
        if (!worker) stop();
        const why = worker ? error.message : `This browser does not let the page ask (${error.message}). Behind any web server it does: python3 -m http.server`;
        place.replaceChildren();
        state.replaceChildren(make("span", why, { class: "note" }));
      }
    };
    const again = () => {
      const asked = cartkg.asked();
      cartkg.fill(form, asked);
      if (Object.keys(asked).length) run(asked);
    };
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const fields = [...new FormData(form)].filter(([, value]) => value.trim());
      const asked = {};
      for (const [name, value] of fields) (asked[name] ??= []).push(value.trim());
      cartkg.keep(`?${new URLSearchParams(fields)}`);
      run(asked);
    });
    form.addEventListener("focusin", () => started().catch(() => {}), { once: true });
    addEventListener("popstate", again);
    if (query) started().catch((error) => run({ query: [query.value] }));
    again();
  });
})();
