
// The worker that answers: it is given the graph and the engine once, then queries, one at a time.
let graph, stores;
const unpacked = async (text) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip")));
};
/** All triples as one graph, or each in its own: a query that names graphs needs the latter. */
const store = (named) => {
  stores ??= {};
  if (stores[named]) return stores[named];
  const made = (stores[named] = new Store());
  const options = { format: "application/n-triples", lenient: true, no_transaction: true };
  if (!named) made.load(graph, options);
  else
    for (const part of graph.split(/^# /m).slice(1)) {
      const end = part.indexOf("\n");
      made.load(part.slice(end + 1), { ...options, to_graph_name: namedNode(part.slice(0, end)) });
    }
  return made;
};
const answered = ({ query, named, whole }) => {
  const options = { results_format: "json", use_default_graph_as_union: whole };
  const found = JSON.parse(store(named).query(query, options));
  // Triples, which have come as JSON-LD, are read as Turtle.
  return Array.isArray(found) ? { text: store(named).query(query, { ...options, results_format: "ttl" }) } : found;
};
onmessage = async ({ data }) => {
  try {
    if (data.wasm) {
      const [wasm, text] = await Promise.all([unpacked(data.wasm), unpacked(data.graph)]);
      initSync({ module: await wasm.arrayBuffer() });
      graph = await text.text();
      store(false);
      postMessage({});
    } else postMessage({ found: answered(data) });
  } catch (error) {
    postMessage({ problem: error.message ?? String(error) });
  }
};
