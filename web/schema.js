// What may stand at a place of a scenario, by the JSON Schema that the program itself prints.

export class Offers {
  /// `sizes` gives the names of a model's sizes, or null where they are not known yet.
  constructor(schema, models, sizes) { this.schema = schema; this.models = models; this.sizes = sizes; }

  resolve(node) {
    const seen = [];
    const walk = (part) => {
      if (!part || seen.includes(part)) return;
      if (part.$ref) walk(this.schema.$defs[part.$ref.replace("#/$defs/", "")]);
      if (part.properties || part.enum || part.const !== undefined || part.additionalProperties || part.type || part.examples) seen.push(part);
      for (const choice of [...(part.anyOf ?? []), ...(part.oneOf ?? []), ...(part.allOf ?? [])]) walk(choice);
    };
    walk(node);
    return seen;
  }

  /// All that the schema says of a path of keys.
  at(path) {
    let nodes = this.resolve(this.schema);
    for (const key of path) {
      nodes = nodes.flatMap((node) => {
        const next = node.properties?.[key] ?? (typeof node.additionalProperties === "object" ? node.additionalProperties : null);
        return next ? this.resolve(next) : [];
      });
    }
    return nodes;
  }

  /// Words for a place, each with a note: [word, note].
  list({ path, key, word }, text) {
    const found = new Map();
    const start = word.replace(/^["']/, "").toLowerCase();
    const offer = (name, note) => {
      if (String(name).toLowerCase().startsWith(start) && String(name) !== start) found.set(String(name), note ?? "");
    };
    if (key === null) {
      for (const node of this.at(path)) {
        for (const [name, value] of Object.entries(node.properties ?? {})) offer(name, value.description ?? this.resolve(value)[0]?.description);
      }
    } else {
      const last = key.at(-1);
      if (last === "hosting") for (const model of this.models) offer(model.name, model.note);
      for (const node of this.at([...path, ...key])) {
        for (const value of node.enum ?? []) offer(value, node.description);
        if (node.const !== undefined) offer(node.const, node.description);
        if (node.type === "boolean") ["true", "false"].forEach((value) => offer(value));
      }
      if (last === "size") {
        const hosting = /hosting\s*=\s*"([^"]+)"/.exec(table(text, path))?.[1];
        for (const size of (hosting && this.sizes(hosting)) || []) offer(size, hosting);
      }
    }
    return [...found].slice(0, 40);
  }
}

/// The text of a table.
function table(text, path) {
  const head = `[${path.join(".")}]`;
  const from = text.indexOf(head);
  if (from < 0) return "";
  const to = text.indexOf("\n[", from + 1);
  return text.slice(from, to < 0 ? undefined : to);
}
