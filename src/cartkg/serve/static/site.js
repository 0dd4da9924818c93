// What the pages do in a browser when no server stands behind them: choose and sort rows, compare, find.
"use strict";
const OURS = "https://w3id.org/cartkg/";
const root = document.currentScript.src.replace(/static\/site\.js$/, "");
const cartkg = (globalThis.cartkg = { root });

/** What the address asks for: each name with its values; what is empty asks for nothing. */
cartkg.asked = () => {
  const found = {};
  for (const [name, value] of new URLSearchParams(location.search))
    if (value.trim()) (found[name] ??= []).push(value.trim());
  return found;
};

/** The file of an address that begins with a slash; what is elsewhere stays as it is. */
cartkg.file = (address) => {
  if (!address.startsWith("/")) return address;
  return root + (cartkg.places.renamed[address] ?? `${address.slice(1)}.html`);
};

/** The address here of an IRI of ours. */
cartkg.place = (iri) => {
  const base = cartkg.places.bases.find((one) => iri.startsWith(one));
  if (base) return `/id/${iri.slice(base.length)}`;
  return iri.startsWith(OURS) ? iri.slice(OURS.length - 1).replace(/^\/query\//, "/queries/") : iri;
};

/** An element with its text, attributes and children; text is never markup. */
cartkg.make = (name, content = [], attributes = {}) => {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...[content].flat());
  return made;
};

/** A script of this folder, once it has run. */
cartkg.load = (name) =>
  new Promise((done, failed) => {
    const script = cartkg.make("script", [], { src: root + name });
    script.onload = done;
    script.onerror = () => failed(new Error(`${name} can not be read`));
    document.head.append(script);
  });

/** Put the values of the address into the fields of a form: each into one, and one more where several may be given. */
cartkg.fill = (form, asked) => {
  const named = (name) => [...form.elements].filter((field) => field.name === name);
  for (const name of new Set([...form.elements].map((field) => field.name).filter(Boolean))) {
    const values = asked[name] ?? [];
    const [first] = named(name);
    if (name === "query" && !values.length) continue;
    const wanted = "several" in first.dataset ? values.length + 1 : 1;
    for (const field of named(name).slice(Math.max(wanted, 1))) field.closest("label").remove();
    while (named(name).length < wanted) {
      const further = first.closest("label").cloneNode(true);
      further.prepend("or ");
      named(name).at(-1).closest("label").after(further);
    }
    named(name).forEach((field, at) => {
      const value = values[at] ?? "";
      if (field.options && ![...field.options].some((one) => one.value === value)) field.add(new Option(value));
      field.value = value;
      field.dispatchEvent(new Event("input"));
    });
  }
};

cartkg.keep = (search) => {
  try {
    history.pushState(null, "", search || location.pathname);
    return true;
  } catch {
    return false; // some browsers let no page from a disk change its address
  }
};

const small = (text) => text.toLowerCase();
const number = (text) => (text !== "" && !Number.isNaN(Number(text)) ? Number(text) : null);

const JOINING = /\s*(?:[/,;+&]|\bor\b|\band\b)\s*/i;
const NUMBERS = { integer: [/^[+-]?\d{1,18}$/, "a whole number"], decimal: [/^[+-]?(\d{1,18}(\.\d{0,18})?|\.\d{1,18})$/, "a decimal number"] };

/** The names that a value is known by: its own, or those that it joins; with what is said of that. */
const meant = (name, parameter, value) => {
  const [pattern, kind] = NUMBERS[parameter.type] ?? [];
  if (pattern && !pattern.test(value)) throw new Error(`${name}: ${value} is not ${kind}`);
  if (pattern || parameter.type === "text") return { names: [value], notes: [] };
  const known = cartkg.values[parameter.known] ?? {};
  const called = (text) => Object.keys(known).find((one) => small(one) === small(text) || known[one][0][0] === `<${text}>`);
  const told = (names) => names.flatMap((one) => known[one].slice(1));
  const own = called(value);
  if (own) return { names: [own], notes: told([own]) };
  const usual = String(parameter.default);
  if (parameter.default !== null && small(usual) === small(value)) return { names: [usual], notes: [] };
  const parts = value.split(JOINING).filter(Boolean);
  const whole = called(parts.join("/"));
  if (whole) return { names: [whole], notes: [`${name}: ${value} is taken for ${whole}`, ...told([whole])] };
  const each = parts.map(called);
  if (parameter.list && parts.length && each.every(Boolean)) return { names: each, notes: [...told(each), `${name}: ${value} is taken for each of ${parts.join(", ")}`] };
  throw new Error(`${name}: this folder knows no ${value}; what the field suggests, it knows, and several of these`);
};

/** By parameter of a question, the names that its values are known by; with what is said of them. */
cartkg.understood = (question, asked) => {
  const names = {};
  const notes = new Set();
  for (const [name, values] of Object.entries(asked)) {
    const parameter = question.parameters[name];
    if (!parameter) throw new Error(`there is no parameter ${name}; there are: ${Object.keys(question.parameters).join(", ") || "none"}`);
    if (values.length > 1 && !parameter.list) throw new Error(`${name} is given twice; it takes one value`);
    if (parameter.default === null && values.some((one) => small(one) === "any")) continue;
    const found = values.map((value) => meant(name, parameter, value));
    names[name] = found.flatMap((one) => one.names);
    const known = names[name].includes("not stated") ? `; ${name}=not stated shows these` : null; // asked for, it is not told
    [...found.flatMap((one) => one.notes), question.notes[name] ?? ""].filter((note) => note && !(known && note.endsWith(known))).forEach((note) => notes.add(note));
  }
  return { names, notes: [...notes] };
};

/** Show the rows that have one of the values of each name, in the order that is asked for. */
const choose = (table, names, asked) => {
  const rows = [...table.tBodies[0].rows];
  const least = new Set([...document.querySelectorAll("input[data-least]")].map((field) => field.name));
  const fits = (row, name, values) => {
    const own = row.getAttribute(`data-${name}`);
    if (least.has(name)) return values.every((value) => Number(own ?? 0) >= Number(value));
    const known = small(own ?? "").split("\n");
    return values.some((value) => known.includes(small(value)));
  };
  const wanted = Object.entries(names);
  let shown = 0;
  for (const row of rows) {
    row.hidden = !wanted.every(([name, values]) => fits(row, name, values));
    shown += !row.hidden;
  }
  table.caption.textContent = table.caption.textContent.replace(/^\d+( of \d+)?/, shown === rows.length ? `${shown}` : `${shown} of ${rows.length}`);
  sort(table, rows, asked.sort?.[0] ?? "");
  [...table.tHead.rows[0].cells].forEach((head, at) => {
    const off = Boolean(asked.column && head.dataset.name) && !asked.column.includes(head.dataset.name);
    for (const row of [table.tHead.rows[0], ...rows]) row.cells[at].hidden = off;
  });
  for (const link of document.querySelectorAll("main ul.links a")) {
    const here = new URL(link.href);
    if (here.pathname !== location.pathname || here.hash) continue;
    const current = [...here.searchParams].every(([name, value]) => asked[name]?.includes(value));
    if (current && (here.search || !wanted.length)) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
};

/** Rows by the keys of a column, as the server sorts them: numbers before text, nothing last either way. */
const sort = (table, rows, order) => {
  const down = order.startsWith("-");
  const name = order.replace(/^-/, "");
  const heads = [...table.tHead.rows[0].cells];
  const column = heads.findIndex((head) => head.dataset.name === name);
  heads.forEach((head, at) => {
    if (at === column) head.setAttribute("aria-sort", down ? "descending" : "ascending");
    else head.removeAttribute("aria-sort");
  });
  rows.forEach((row, at) => (row.dataset.at ??= at));
  const key = (row) => (column < 0 ? row.dataset.at : (row.cells[column].dataset.key ?? row.cells[column].textContent.trim()));
  const compared = (one, other) => {
    const [a, b] = [key(one), key(other)];
    if (!a || !b) return !a - !b || one.dataset.at - other.dataset.at;
    const [m, n] = [number(a), number(b)];
    const way = m !== null && n !== null ? m - n : m !== null ? -1 : n !== null ? 1 : a < b ? -1 : a > b ? 1 : 0;
    return (down ? -way : way) || one.dataset.at - other.dataset.at;
  };
  table.tBodies[0].append(...rows.sort(compared));
};

/** What the address asks of the rows, by the names that its values are known by; what is not known is said, and no row shown. */
const understood = (form, { sort, column, ...asked }) => {
  if (!cartkg.question) return asked;
  const told = document.querySelector("#notes");
  const search = new URLSearchParams(location.search);
  search.delete("column");
  search.delete("sort");
  const whole = document.querySelector("#whole");
  whole.href = `${whole.href.split("?")[0]}?${search}`;
  try {
    const { names, notes } = cartkg.understood(cartkg.question, asked);
    const other = Object.keys(names).find((name) => !form.elements[name]);
    if (other) throw new Error(`${other}: this page does not choose by it; what “All columns” leads to does`);
    told.replaceChildren(...notes.map((note) => cartkg.make("p", note, { class: "note" })));
    return names;
  } catch (error) {
    told.replaceChildren(cartkg.make("p", error.message, { class: "note" }));
    return null;
  }
};

/** The rows of a page that are chosen by its address: at once, when a field changes, and on the way back. */
const chooseRows = (table) => {
  const form = document.querySelector("form.fields");
  const columns = document.querySelector(".columns form");
  const boxes = columns ? [...columns.elements.column] : [];
  const show = (asked) => {
    if (form) cartkg.fill(form, asked);
    for (const box of boxes) box.checked = !asked.column || asked.column.includes(box.value);
    const names = understood(form, asked);
    table.closest(".scroll").hidden = !names;
    choose(table, names ?? {}, asked);
  };
  const go = (search) => {
    if (cartkg.keep(search)) show(cartkg.asked());
    else location.href = location.pathname + search;
  };
  const entered = () => {
    const fields = [...new FormData(form)].filter(([, value]) => value.trim());
    const kept = [...new URLSearchParams(location.search)].filter(([name]) => name === "sort" || name === "column");
    return new URLSearchParams([...fields, ...kept]).toString();
  };
  columns?.addEventListener("submit", (event) => {
    event.preventDefault();
    const search = new URLSearchParams(location.search);
    search.delete("column");
    for (const box of boxes) if (box.checked) search.append("column", box.value);
    go(`?${search}`);
  });
  form?.addEventListener("change", () => go(`?${entered()}`));
  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    go(`?${entered()}`);
  });
  table.tHead.addEventListener("click", (event) => {
    const head = event.target.closest("th[data-name]");
    if (!head || !event.target.closest("a")) return;
    event.preventDefault();
    const search = new URLSearchParams(location.search);
    const now = search.get("sort");
    search.set("sort", now === head.dataset.name ? `-${now}` : head.dataset.name);
    go(`?${search}`);
  });
  addEventListener("popstate", () => show(cartkg.asked()));
  show(cartkg.asked());
};

/** Of all receptors, those that the address names, side by side, and where they differ. */
const compare = (whole) => {
  const asked = (cartkg.asked().construct ?? []).slice(0, 3).map(small);
  const named = (one) => asked.includes(small(one.dataset.construct)) || asked.includes(small(one.dataset.label));
  const all = [...whole.querySelectorAll("[data-construct]")];
  whole.open = all.some(named);
  if (!whole.open) return;
  all.forEach((one) => (one.hidden = !named(one)));
  for (const box of document.querySelectorAll("input[name=construct]")) {
    box.checked = asked.includes(small(box.value)) || asked.includes(small(box.dataset.label));
  }
  for (const row of whole.querySelectorAll("tbody tr")) {
    const shown = [...row.cells].slice(1).filter((cell) => !cell.hidden);
    row.classList.toggle("differs", new Set(shown.map((cell) => cell.textContent.trim())).size > 1);
  }
};

const words = (text) =>
  cartkg.index.spellings
    .reduce((one, [from, to]) => one.replaceAll(from, to), small(text).normalize("NFKD").replace(/\p{M}/gu, ""))
    .replace(/(?<!\d)0+(?=\d)/g, "")
    .match(/[\p{L}\p{N}]+/gu) ?? [];

/** What was typed: a name of several words, such as ide-cel, with the other names of the same; else each word. */
const typed = (text) =>
  text.split(/\s+/).flatMap((part) => {
    const own = words(part);
    const others = own.length > 1 && cartkg.index.names[own.join("")];
    return others ? [others.map((one) => one.split(" "))] : own.filter((one) => !cartkg.index.small.includes(one)).map((one) => [[one]]);
  });

/** The things with all the words, or with any where none has all; those that are called so come first. */
cartkg.find = (text, most = 10) => {
  const asked = typed(text);
  const begins = (own, word) => word.some((name) => name.every((one) => ` ${own}`.includes(` ${one}`)));
  const scored = cartkg.index.things.map(([kind, label, address, called, said]) => {
    const near = asked.filter((word) => begins(called, word)).length;
    const held = asked.filter((word) => begins(called, word) || begins(said, word)).length;
    return { kind, label, address, held, score: held + near + (small(label) === small(text) ? 10 : 0) };
  });
  const whole = scored.filter((one) => one.held === asked.length && one.held);
  const found = (whole.length ? whole : scored.filter((one) => one.held)).sort(
    (one, other) => other.score - one.score || one.label.length - other.label.length,
  );
  const kinds = new Map();
  for (const one of found) {
    if (!kinds.has(one.kind)) kinds.set(one.kind, []);
    if (kinds.get(one.kind).length < most) kinds.get(one.kind).push(one);
  }
  return kinds;
};

const find = (place) => {
  const text = cartkg.asked().for?.[0] ?? "";
  document.querySelectorAll("input[name=for]").forEach((field) => (field.value = text));
  if (!text) return;
  const found = [...cartkg.find(text)].map(([kind, ones]) => [
    cartkg.make("h2", kind[0].toUpperCase() + kind.slice(1).replaceAll("-", " ")),
    cartkg.make("ul", ones.map((one) => cartkg.make("li", cartkg.make("a", one.label, { href: cartkg.file(one.address) }))), { class: "plain" }),
  ]);
  place.replaceChildren(...(found.length ? found.flat() : [cartkg.make("p", "Nothing has any of these words.")]));
};

addEventListener("DOMContentLoaded", () => {
  const table = document.querySelector("table.chosen");
  if (table) chooseRows(table);
  const whole = document.querySelector("#compared");
  if (whole) compare(whole);
  const place = document.querySelector("#found");
  if (place) find(place);
});
