// The server's documents. Every failure is an error with words for a person and, where there is one, a hint what to do.

export class Trouble extends Error {
  constructor(message, hint, status) {
    super(message);
    this.hint = hint;
    this.status = status;
  }
}

/** Told when the server does not answer at all (live.js), and when it answers that one has to sign in (app.js). */
export const silence = { broken: () => {}, refused: () => {} };

/** What early.js asked for already, by path: of use to the first view alone. */
const early = window.fieldbookEarly ?? new Map();
export const forgetEarly = () => early.clear();

function takeEarly(path) {
  const answer = early.get(path);
  early.delete(path);
  return answer;
}

async function ask(path, options) {
  let response;
  try {
    response = await ((!options.method && takeEarly(path)) || fetch(`/page/api/${path}`, { credentials: "same-origin", ...options }));
  } catch (error) {
    if (error.name === "AbortError") throw error;
    silence.broken();
    throw new Trouble("the server does not answer", "start it again: fieldbook server", 0);
  }
  if (response.ok) return response;
  let document = {};
  try {
    document = await response.json();
  } catch { /* no document: the status has to do */ }
  if (response.status === 401 && path !== "sign-in") silence.refused();
  throw new Trouble(document.error ?? `the server answered ${response.status}`, document.hint ?? null, response.status);
}

/** The answer as it comes, for what is no document. */
export const response = (path, signal) => ask(path, { signal });

export const get = async (path, signal) => (await ask(path, { signal })).json();

export const post = async (path, body, signal) =>
  (await ask(path, {
    method: "POST", signal, body: JSON.stringify(body),
    headers: { "Content-Type": "application/json", "X-Fieldbook": "page" },
  })).json();

/** A module that is asked for when it is wanted first: `await module(import(…))`. */
export async function module(promise) {
  try {
    return await promise;
  } catch {
    throw new Trouble("this part of the page could not be loaded", "load the page again when the server answers", 0);
  }
}

export const part = (segment) => encodeURIComponent(segment);

const below = (run, room, path) => `runs/${part(run)}/${room}/${path.split("/").map(part).join("/")}`;

export const artifactPath = (run, path) => below(run, "artifacts", path);
export const artifactURL = (run, path) => `/page/api/${artifactPath(run, path)}`;

/** A file of the snapshot of a run. */
export const codePath = (run, path) => below(run, "code", path);
export const codeURL = (run, path) => `/page/api/${codePath(run, path)}`;

/** At most `limit` bytes of a file's beginning: `{text, isWhole, bytes}`. `path` is one of those above. */
export async function fileText(path, limit, signal) {
  let response;
  try {
    response = await ask(path, { headers: { Range: `bytes=0-${limit - 1}` }, signal });
  } catch (error) {
    if (error.status === 416) return { text: "", isWhole: true, bytes: 0 };
    throw error;
  }
  const text = await response.text();
  const total = /\/(\d+)$/.exec(response.headers.get("Content-Range") ?? "");
  const bytes = total ? Number(total[1]) : text.length;
  return { text, isWhole: response.status === 200 || bytes <= limit, bytes };
}
