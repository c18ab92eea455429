// What the editor knows of TOML: colours, the table that a place is in, and the numbers that a slider can move.

const WORD = /#.*|"""[\s\S]*?(?:"""|$)|'''[\s\S]*?(?:'''|$)|"(?:[^"\\\n]|\\.)*"?|'[^'\n]*'?|^\s*\[\[?[^\]\n]*\]?\]?|[A-Za-z0-9_.-]+(?=\s*=)|\b(?:true|false|inf|nan)\b|[+-]?\d[\d_.:eE+-]*|[\s\S]/gm;

/// The text in pieces of one colour: [class, text] each.
export function painted(text) {
  const out = [];
  for (const [word] of text.matchAll(WORD)) {
    const kind = word[0] === "#" ? "c" : /^["']/.test(word) ? "s" : /^\s*\[/.test(word) && word.length > 1 && /^\s*\[\[?[A-Za-z"']/.test(word) ? "t"
      : /^[+-]?\d/.test(word) ? "n" : word.length > 1 && /^[A-Za-z_]/.test(word) ? (/^(true|false|inf|nan)$/.test(word) ? "n" : "k") : "";
    if (out.length && out.at(-1)[0] === kind && kind === "") out.at(-1)[1] += word;
    else out.push([kind, word]);
  }
  return out;
}

const keys = (path) => [...path.matchAll(/"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+)/g)].map((found) => found[1] ?? found[2] ?? found[3]);

/// What stands around a place: the table's path with those of inline tables, the key whose value is being written
/// (or null), and the word so far.
export function around(text, at) {
  const before = text.slice(0, at);
  let path = [];
  for (const line of before.split("\n").slice(0, -1)) {
    const head = /^\s*\[\[?([^\]]+)\]/.exec(line);
    if (head) path = keys(head[1]);
  }
  const line = before.slice(before.lastIndexOf("\n") + 1);
  if (/^\s*\[/.test(line) || /(^|[^"'])#/.test(line.replace(/"[^"]*"|'[^']*'/g, ""))) return null;
  let key = null, word = "";
  const opened = [];
  for (const [part] of line.matchAll(/"[^"]*"?|'[^']*'?|[{}\[\],=]|[A-Za-z0-9_.-]+|\s+/g)) {
    if (part === "{") { opened.push(path); path = [...path, ...(key ?? [])]; key = null; word = ""; }
    else if (part === "}") { path = opened.pop() ?? path; key = null; word = ""; }
    else if (part === "=") { key = keys(word); word = ""; }
    else if (part === ",") { if (opened.length) key = null; word = ""; }
    else if (part === "[" || part === "]") word = "";
    else if (/^\s+$/.test(part)) { if (key === null && word) continue; word = ""; }
    else word = part;
  }
  if (key === null && word.includes(".")) {
    const whole = word.split(".");
    return { path: [...path, ...whole.slice(0, -1)], key: null, word: whole.at(-1) };
  }
  return { path, key, word };
}

/// The values of the file that a slider can move: what they are, the number, its unit, and where it stands.
export function sliders(text) {
  const found = [];
  let table = "";
  let offset = 0;
  for (const line of text.split("\n")) {
    const head = /^\s*\[\[?([^\]]+)\]/.exec(line);
    if (head) table = head[1];
    for (const [pattern, name] of SLIDABLE) {
      if (!pattern[0].test(table)) continue;
      const value = pattern[1].exec(line);
      if (!value) continue;
      const owner = table.replace(/^(app|case)\./, "");
      found.push({ name: name.replace("NAME", owner), number: Number(value[2].replaceAll("_", "")), unit: (value[3] ?? "").trim(), from: offset + value.index + value[1].length, length: value[2].length });
    }
    offset += line.length + 1;
  }
  return found;
}

const NUMBER = '([0-9][0-9_]*\\.?[0-9]*)';
const quoted = (key) => new RegExp(`^(\\s*${key}\\s*=\\s*"|.*[{,]\\s*${key}\\s*=\\s*")${NUMBER}(\\s*[A-Za-z/%]+)"`);
const inside = (key, inner) => new RegExp(`^(\\s*${key}[^#]*\\b${inner}\\s*=\\s*")${NUMBER}(\\s*[A-Za-z/%]+)"`);
const SLIDABLE = [
  [[/^labour$/, quoted("wage")], "wage"],
  [[/^app\./, inside("cpu", "mean")], "NAME: processor"],
  [[/^app\./, inside("wait", "mean")], "NAME: waiting"],
  [[/^app\./, quoted("memory")], "NAME: memory"],
  [[/^app\./, quoted("response")], "NAME: response"],
  [[/^app\./, inside("slo", "p99")], "NAME: p99 at most"],
  [[/^run$/, quoted("duration")], "simulated"],
];
