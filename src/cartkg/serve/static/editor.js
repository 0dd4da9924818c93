// The editor in place of the field for SPARQL: colours, checks, and completes what this graph holds; it asks nobody.
"use strict";
(() => {
  const LONGEST = 7000; // what an address may hold; a longer query is posted
  const area = document.querySelector("textarea#query");
  const { prefixes, classes, properties } = cartkg.vocabulary;
  const full = (short) => short.replace(/^(\w+):(?!\/\/)/, (whole, name) => prefixes[name] ?? whole);

  /** What completes a term: those that begin with what is typed, then those that have it in name or label. */
  const completer = (known) => {
    const labels = new Map(Object.entries(known).map(([short, label]) => [full(short), label]));
    const shown = new Map();
    const found = (text, base) => {
      const typed = (base ? text.slice(base.length) : text).toLowerCase();
      const place = (iri) => {
        const name = iri.replace(/^.*[/#]/, "").toLowerCase();
        if (base && !iri.startsWith(base)) return -1;
        return name.startsWith(typed) || iri.startsWith(text) ? 0 : `${name} ${labels.get(iri).toLowerCase()}`.includes(typed) ? 1 : -1;
      };
      const placed = [...labels.keys()].map((iri) => [place(iri), iri]).filter(([at]) => at >= 0);
      return placed.sort((one, other) => one[0] - other[0]).map(([, iri]) => iri).slice(0, 100);
    };
    return {
      get: (_, token) => found(token.autocompletionString, token.tokenPrefixUri),
      preProcessToken: (yasqe, token) => {
        const made = Yasqe.Autocompleters.class.preProcessToken(yasqe, token);
        const at = yasqe.getDoc().getCursor().ch;
        return token.type === "ws" ? { ...made, from: { ch: at }, to: { ch: at } } : made;
      },
      postProcessSuggestion: (yasqe, _, iri) => {
        const own = Object.entries({ ...prefixes, ...yasqe.getPrefixesFromQuery() });
        const [name, base] = own.filter(([, one]) => iri.startsWith(one)).sort((one, other) => other[1].length - one[1].length)[0] ?? [];
        const text = name !== undefined && /^[\w-]*$/.test(iri.slice(base.length)) ? `${name}:${iri.slice(base.length)}` : `<${iri}>`;
        shown.set(text, labels.get(iri));
        return text;
      },
      postprocessHints: (_, hints) => hints.map((hint) => ({ ...hint, displayText: `${hint.text}  ${shown.get(hint.text)}` })),
    };
  };
  Yasqe.forkAutocompleter("class", { name: "classes", ...completer(classes) }, false);
  Yasqe.forkAutocompleter("property", { name: "terms", ...completer(properties) }, false);
  Yasqe.forkAutocompleter("prefixes", { name: "names", get: () => Object.entries(prefixes).map(([name, iri]) => `${name}: <${iri}>`) }, false);

  const place = document.createElement("div");
  area.before(place);
  const ask = () => area.form.requestSubmit();
  const yasqe = new Yasqe(place, {
    value: area.value, autocompleters: ["names", "classes", "terms", "variables"], screenReaderLabel: "Your query",
    persistenceId: null, consumeShareLink: null, createShareableLink: null, showQueryButton: false, prefixCcApi: null,
    requestConfig: { endpoint: area.form.action }, resizeable: false, editorHeight: "20rem",
    // With Tab one goes on to what comes next on the page.
    extraKeys: { Tab: false, "Shift-Tab": false, "Ctrl-Enter": ask, "Cmd-Enter": ask, "Ctrl-S": false },
  });
  area.hidden = true;
  document.querySelector("#keys").hidden = false;
  document.querySelector("label[for=query]").addEventListener("click", () => yasqe.focus());
  yasqe.on("change", () => (area.value = yasqe.getValue()));
  area.addEventListener("input", () => area.value === yasqe.getValue() || yasqe.setValue(area.value));
  area.form.addEventListener("submit", () => (area.form.method = encodeURIComponent(area.value).length > LONGEST ? "post" : "get"));
})();
