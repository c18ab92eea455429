// Two engines behind one interface: the simulator in a worker of this page, or the program that served it.
//
//   const engine = await open(say);
//   const job = engine.start(["run", "scenario.toml"], files, progress);
//   const { status, stdout, stderr, files } = await job.done;   // or job.cancel()

const decoder = new TextDecoder();
const ENVIRONMENT = { COLUMNS: "100", HOSTSIM_PROGRESS: "lines", NO_COLOR: "1" };

/// Calls `progress` with the share that is done and the words, for each line of progress; gives the other lines.
function listener(progress) {
  let rest = "";
  const other = [];
  const line = (text) => {
    const found = /^progress (\d+) of (\d+) (.*)$/.exec(text.trim());
    if (found) progress?.(Number(found[2]) ? Number(found[1]) / Number(found[2]) : 0, `${found[1]} of ${found[2]} ${found[3]}`);
    else if (text.trim() !== "") other.push(text);
  };
  return {
    hear(text) {
      const lines = (rest + text).split("\n");
      rest = lines.pop();
      lines.forEach(line);
    },
    end() { line(rest); return other.join("\n"); },
  };
}

/// The simulator as WebAssembly.
class Here {
  constructor(module) { this.module = module; this.workers = []; this.count = 0; this.name = "in this page"; }

  start(args, files, progress) {
    const worker = this.workers.pop() ?? new Worker(new URL("./worker.js", import.meta.url), { type: "module" });
    const id = ++this.count, heard = listener(progress);
    let cancel;
    const done = new Promise((resolve, reject) => {
      let over = false;
      cancel = () => {
        // Who has ended may be working for another by now.
        if (over) return;
        over = true;
        worker.terminate();
        reject(new Error("cancelled"));
      };
      worker.onerror = (event) => { worker.terminate(); reject(new Error(event.message)); };
      worker.onmessage = ({ data }) => {
        if (data.id !== id) return;
        if (data.said !== undefined) return heard.hear(data.said);
        over = true;
        this.workers.push(worker);
        resolve({ status: data.status, stdout: decoder.decode(data.stdout), stderr: heard.end(), files: data.files });
      };
      worker.postMessage({ id, module: this.module, args: ["hostsim", ...args], env: ENVIRONMENT, files });
    });
    return { done, cancel };
  }
}

/// The program that served this page; `key` is the secret of its link.
class Program {
  constructor(key) { this.key = key; this.name = "the program on this machine"; }

  /// The scenario that it was started with, if any.
  async first() {
    const answer = await fetch("./start", { headers: { "x-hostsim-key": this.key } });
    if (!answer.ok) throw new Error(await answer.text());
    return (await answer.json()).scenario;
  }

  start(args, files, progress) {
    const stop = new AbortController();
    return { done: this.ask(args, files, progress, stop.signal), cancel: () => stop.abort() };
  }

  async ask(args, files, progress, signal) {
    const base = async (content) => {
      const bytes = new Uint8Array(content instanceof Blob ? await content.arrayBuffer() : content);
      let text = "";
      for (let at = 0; at < bytes.length; at += 32768) text += String.fromCharCode(...bytes.subarray(at, at + 32768));
      return btoa(text);
    };
    const sent = {};
    for (const [name, content] of Object.entries(files)) sent[name] = await base(content);
    const body = JSON.stringify({ args, files: sent });
    const answer = await fetch("./engine", { method: "POST", headers: { "content-type": "application/json", "x-hostsim-key": this.key }, body, signal });
    if (!answer.ok) throw new Error(await answer.text());
    const heard = listener(progress), reader = answer.body.getReader();
    let text = "";
    for (;;) {
      const { done, value } = await reader.read();
      if (done) break;
      text += decoder.decode(value, { stream: true });
      const events = text.split("\n\n");
      text = events.pop();
      for (const event of events.filter((event) => event.startsWith("data: "))) {
        const data = JSON.parse(event.replace(/^data: /, ""));
        if (data.said !== undefined) heard.hear(data.said);
        else {
          const found = Object.entries(data.files).map(([name, base]) => [name, Uint8Array.from(atob(base), (c) => c.charCodeAt(0))]);
          return { status: data.status, stdout: data.stdout, stderr: heard.end(), files: Object.fromEntries(found) };
        }
      }
    }
    throw new Error("the program went away");
  }
}

/// Opens the engine that there is: `say` is told how much of it has come.
export async function open(say) {
  const key = new URLSearchParams(location.search).get("key");
  if (key) return new Program(key);
  const answer = await fetch(new URL("./hostsim.wasm.gz", import.meta.url));
  if (!answer.ok) throw new Error(`the simulator cannot be fetched: ${answer.status} ${answer.statusText}`);
  const all = Number(answer.headers.get("content-length")) || 0;
  let come = 0;
  const counted = new TransformStream({
    transform(piece, to) { come += piece.length; say(all ? come / all : 0); to.enqueue(piece); },
  });
  let stream = answer.body.pipeThrough(counted);
  // Some servers unpack it on the way, and say so.
  if (!/gzip/.test(answer.headers.get("content-encoding") ?? "")) stream = stream.pipeThrough(new DecompressionStream("gzip"));
  const wasm = new Response(stream, { headers: { "content-type": "application/wasm" } });
  return new Here(await WebAssembly.compileStreaming(wasm));
}
