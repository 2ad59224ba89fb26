// What a file is, by its name, and how much of it is looked at.

export const LOOK = 1 << 20; // bytes of a text

const KINDS = [
  ["image", /\.(png|jpe?g|gif|webp|bmp|avif|svg)$/i], ["audio", /\.(wav|mp3|ogg|oga|flac|m4a|opus)$/i], ["video", /\.(mp4|webm)$/i],
  ["markdown", /\.(md|markdown)$/i], ["json", /\.(json|jsonl|ipynb)$/i], ["csv", /\.(csv|tsv)$/i], ["html", /\.html?$/i],
  ["text", /\.(txt|log|ya?ml|toml|ini|cfg|py|js|ts|sh|rs|c|h|cpp|swift|go|java|r|sql|xml|diff|patch|out|err|lock)$/i],
  ["text", /(^|\/)(MLmodel|Makefile|Dockerfile|README|LICENSE|requirements)$/],
];

export const kindOf = (path) => KINDS.find(([, pattern]) => pattern.test(path))?.[0] ?? null;

/** Whether it is words, as far as one sees. */
export const isText = (text) => !text.includes("\0");

/** JSON laid out for a reader; anything else as it is. */
export function pretty(text) {
  // Numbers keep their digits: only what has none beyond a double's is laid out anew.
  if (/\d{16,}/.test(text)) return text;
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}
