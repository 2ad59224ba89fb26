// From data and runs to the versions of a model and their aliases: what leads to what.
import { get, part } from "./api.js";
import { own } from "./dom.js";
import * as format from "./format.js";
import * as route from "./route.js";

const REPEATS = "fieldbook.reproduces";
export const LAYERS = ["Data", "Earlier run", "Run", "Version", "Alias"];
const AT_ONCE = 8; // runs read together

/** The runs of these versions, and the runs that those belong to or repeat, by id; null for one that cannot be read. */
export async function runsOf(versions, known = new Map()) {
  const read = async (ids) => {
    const fresh = [...new Set(ids.filter((id) => id && !known.has(id)))];
    for (let i = 0; i < fresh.length; i += AT_ONCE) {
      await Promise.all(fresh.slice(i, i + AT_ONCE).map(async (id) => known.set(id, await get(`runs/${part(id)}`).catch(() => null))));
    }
  };
  await read(versions.map((one) => one.run_id));
  await read(versions.flatMap((one) => earlier(known.get(one.run_id)).map(([id]) => id)));
  return known;
}

/** `[[id, what it is to the run]]`. */
export function earlier(run) {
  if (!run) return [];
  return [[run.parent_run_id, "parent"], [own(run.tags, REPEATS), "repeated"]].filter(([id]) => id);
}

const contentOf = (dataset) => dataset.tags?.["fieldbook.content"] ?? dataset.digest;

/** `{nodes: [{id, layer, name, words, href}], edges: [[from id, to id]]}`, each thing once. `layer` is a place in LAYERS. */
export function lineage(model, versions, runs) {
  const nodes = new Map();
  const edges = new Map();
  const node = (id, layer, name, words, href) => nodes.has(id) || nodes.set(id, { id, layer, name, words, href });
  const edge = (from, to) => edges.set(JSON.stringify([from, to]), [from, to]);
  const runNode = (id, layer, words) => {
    const run = runs.get(id);
    node(`run ${id}`, layer, run?.name ?? format.short(id), run ? words : "not on this replica", route.address(["runs", id], { tab: "provenance" }));
  };
  const data = (run, to) => {
    for (const one of run?.datasets ?? []) {
      const content = contentOf(one);
      node(`data ${one.name} ${content}`, 0, one.name, content, route.address(["runs", run.run_id]));
      edge(`data ${one.name} ${content}`, to);
    }
  };
  // A run that has a version stands with those, though another one repeats it.
  for (const one of versions) if (one.run_id) runNode(one.run_id, 2, runs.get(one.run_id)?.status.toLowerCase());
  for (const one of versions) {
    const version = `version ${one.version}`;
    node(version, 3, `version ${one.version}`, one.final ? one.author : `provisional, ${one.author}`, route.address(["models", model.name], { version: one.version }));
    for (const [word, alias] of Object.entries(model.aliases)) {
      if (alias.version !== one.version) continue;
      node(`alias ${word}`, 4, `@${word}`, alias.held ? "held: in conflict" : "alias", alias.held ? route.address(["conflicts", alias.conflict]) : route.address(["models", model.name], { version: one.version }));
      edge(version, `alias ${word}`);
    }
    if (!one.run_id) continue;
    edge(`run ${one.run_id}`, version);
    data(runs.get(one.run_id), `run ${one.run_id}`);
    for (const [id, words] of earlier(runs.get(one.run_id))) {
      runNode(id, 1, words);
      edge(`run ${id}`, `run ${one.run_id}`);
      data(runs.get(id), `run ${id}`);
    }
  }
  return { nodes: [...nodes.values()], edges: [...edges.values()] };
}

/** All nodes in an order in which what leads to a version stands above it, and its aliases below. */
export function inOrder({ nodes, edges }) {
  const byId = new Map(nodes.map((one) => [one.id, one]));
  const before = new Map(nodes.map((one) => [one.id, []]));
  const after = new Map(nodes.map((one) => [one.id, []]));
  for (const [from, to] of edges) {
    before.get(to).push(from);
    after.get(from).push(to);
  }
  const taken = new Set();
  const waiting = new Set(); // peers can make circles
  const take = (id) => {
    if (taken.has(id) || waiting.has(id)) return;
    waiting.add(id);
    for (const other of before.get(id)) take(other);
    waiting.delete(id);
    taken.add(id);
    if (byId.get(id).layer === 3) for (const other of after.get(id)) take(other);
  };
  for (const one of nodes) if (one.layer === 3) take(one.id);
  for (const one of nodes) take(one.id);
  return [...taken].map((id) => byId.get(id));
}
