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

/** Put the values of the address into a form, and those of the form into the address, where a browser allows that. */
cartkg.fill = (form, asked) => {
  for (const field of form.elements) {
    if (!field.name) continue;
    const values = asked[field.name] ?? [];
    if (field.type === "checkbox") field.checked = values.includes(field.value);
    else if (values.length || field.name !== "query") {
      field.value = values[0] ?? "";
      field.dispatchEvent(new Event("input"));
    }
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

/** Show the rows that have one of the values of each name, in the order that is asked for. */
const choose = (table, asked) => {
  const rows = [...table.tBodies[0].rows];
  const least = new Set([...document.querySelectorAll("input[data-least]")].map((field) => field.name));
  const fits = (row, name, values) => {
    const own = row.getAttribute(`data-${name}`);
    if (least.has(name)) return values.every((value) => Number(own ?? 0) >= Number(value));
    const known = small(own ?? "").split("\n");
    return values.some((value) => known.includes(small(value)));
  };
  const wanted = Object.entries(asked).filter(([name]) => name !== "sort" && name !== "column");
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

/** Say what is known of how the values of the address are taken. */
const tell = (form, asked) => {
  const told = document.querySelector("#notes");
  if (!told || !cartkg.values) return;
  const notes = new Set();
  for (const [name, parameter] of Object.entries(cartkg.question.parameters)) {
    for (const value of asked[name] ?? []) {
      const known = cartkg.values[parameter.known];
      const label = known && Object.keys(known).find((one) => small(one) === small(value));
      if (label) known[label].slice(1).forEach((note) => notes.add(note));
      else if (known && form.elements[name]) notes.add(`${name}: this folder knows no ${value}; what the field suggests, it knows`);
    }
    if (asked[name] && cartkg.question.notes[name]) notes.add(cartkg.question.notes[name]);
  }
  told.replaceChildren(...[...notes].map((note) => cartkg.make("p", note, { class: "note" })));
  const whole = document.querySelector("#whole");
  if (!whole) return;
  const search = new URLSearchParams(location.search);
  search.delete("column");
  whole.href = `${whole.href.split("?")[0]}?${search}`;
};

/** The rows of a page that are chosen by its address: at once, when a field changes, and on the way back. */
const chooseRows = (table) => {
  const form = document.querySelector("form.fields");
  const columns = document.querySelector(".columns form");
  const boxes = columns ? [...columns.elements.column] : [];
  const show = (asked) => {
    if (form) cartkg.fill(form, asked);
    for (const box of boxes) box.checked = !asked.column || asked.column.includes(box.value);
    choose(table, asked);
    if (form) tell(form, asked);
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

const words = (text) => small(text).normalize("NFKD").match(/[\p{L}\p{N}]+/gu) ?? [];

/** The things with all the words, or with any where none has all; those that are called so come first. */
cartkg.find = (text, most = 10) => {
  const asked = words(text);
  const begins = (own, word) => own.some((one) => one.startsWith(word));
  const scored = cartkg.index.map(([kind, label, address, more]) => {
    const [called, said] = [words(label), words(more)];
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
