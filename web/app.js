// The page: a scenario on one side, what comes out of it on the other.
import { Editor } from "./editor.js";
import { open } from "./engine.js";
import { Offers } from "./schema.js";
import { packed, unpacked } from "./share.js";
import { sliders } from "./toml.js";

const SCENARIO = "scenario.toml", OUTPUT = "results";
const $ = (id) => document.getElementById(id);
const decoder = new TextDecoder(), encoder = new TextEncoder();

let engine = null;
let job = null;            // what is being computed
let look = null;           // the check, or the quick look, that is being computed
let extra = {};            // files beside the scenario: traces, logs
let traffic = 1;
let last = null;           // the last result.json
let kept = null;           // the one that was kept to compare
let shown = "";            // the report

const editor = new Editor($("editor"), () => changed());

// ── what is shown ──────────────────────────────────────────────────────────────────────────────

function answer(text, bad = false) {
  $("answer").textContent = text;
  $("answer").classList.toggle("bad", bad);
}

function view(name) {
  for (const tab of document.querySelectorAll("[role=tab]")) {
    const on = tab.id === `tab-${name}`;
    tab.ariaSelected = String(on);
    tab.tabIndex = on ? 0 : -1;
    $(tab.getAttribute("aria-controls")).hidden = !on;
  }
}

function report(html) {
  shown = html;
  // A new room for each: what ran in the last one is gone.
  $("report").src = $("report").src;
}

addEventListener("message", (event) => {
  if (event.source === $("report").contentWindow && event.data === "ready" && shown) event.source.postMessage({ report: shown }, "*");
});

function list(files) {
  const items = Object.entries(files).filter(([name]) => name.startsWith(`${OUTPUT}/`)).map(([name, bytes]) => {
    const item = document.createElement("li"), link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes]));
    link.download = link.textContent = name.slice(OUTPUT.length + 1);
    item.append(link, ` (${Math.ceil(bytes.length / 1024).toLocaleString("en")} KiB)`);
    return item;
  });
  $("written").replaceChildren(...items);
}

function busy(is) {
  for (const id of ["run", "curve", "map", "advise"]) $(id).disabled = is || !engine;
  $("cancel").hidden = !is;
  $("progress").hidden = !is;
  $("progress").removeAttribute("value");
}

function mistakes(text) {
  const found = [...text.matchAll(/^error: (.*(?:\n(?! *-->).*)*?)\n *--> [^\n]*?:(\d+):(\d+)\n((?: *\d* *[|=].*\n?)*)/gm)];
  const items = found.slice(0, 12).map(([, message, line, column, rest]) => {
    const help = /= help: ([\s\S]*?)(?:\n *[|=]|$)/.exec(rest)?.[1]?.trim();
    const button = document.createElement("button"), head = document.createElement("b");
    head.textContent = `Line ${line}: `;
    button.append(head, message + (help ? `\n${help}` : ""));
    button.addEventListener("click", () => editor.go(Number(line), Number(column)));
    return button;
  });
  $("mistakes").replaceChildren(...items);
  editor.mark(found.map(([, , line, column]) => [Number(line), Number(column)]));
  return found.length;
}

// ── computing ──────────────────────────────────────────────────────────────────────────────────

const files = () => ({ ...extra, [SCENARIO]: encoder.encode(editor.text) });

async function compute(command, options = []) {
  stop();
  look?.cancel();
  busy(true);
  const many = command === "map" || traffic === 1 ? [] : ["--traffic", String(traffic)];
  const began = performance.now();
  job = engine.start([command, SCENARIO, "--output", OUTPUT, ...many, ...options], files(), (share, words) => {
    $("progress").value = share;
    $("progress").title = words;
  });
  const mine = job;
  try {
    const done = await mine.done;
    if (job !== mine) return;
    finished(done, performance.now() - began);
  } catch (error) {
    if (job === mine) answer(String(error.message ?? error), error.message !== "cancelled");
  } finally {
    if (job === mine) { job = null; busy(false); }
  }
}

function finished({ status, stdout, stderr, files: all }, took) {
  if (status !== 0 && status !== 3) {
    mistakes(stderr);
    return answer(stderr.trim() || `The simulator ended with status ${status}.`, true);
  }
  $("stdout").textContent = stdout + (stderr ? `\n${stderr}` : "");
  answer(stdout.split("\n\n")[0].replaceAll("\n", " ").trim() + (status === 3 ? " A claim of [expect] does not hold: see the text." : ""));
  $("answer").title = `computed in ${(took / 1000).toFixed(1)} s`;
  const page = Object.keys(all).find((name) => name.startsWith(`${OUTPUT}/`) && name.endsWith(".html"));
  if (page) report(decoder.decode(all[page]));
  list(all);
  if (all[`${OUTPUT}/result.json`]) {
    last = all[`${OUTPUT}/result.json`];
    $("pin").disabled = false;
    if (kept) compare();
  }
}

function stop() {
  job?.cancel();
  job = null;
  busy(false);
}

async function compare() {
  const { stdout, stderr } = await engine.start(["compare", "kept.json", "now.json"], { "kept.json": kept, "now.json": last }).done;
  $("compared").textContent = stdout || stderr;
}

/// What is wrong, as one types; and where nothing is, the answer of one replication, at once.
async function peek(quick) {
  look?.cancel();
  look = engine.start(["check", SCENARIO], files());
  let mine = look;
  try {
    const checked = await mine.done;
    if (look !== mine) return;
    if (mistakes(checked.stderr) || checked.status !== 0 || !quick || job) return;
    look = engine.start(["run", SCENARIO, "--no-files", "--format", "json", "--replications", "1", "--traffic", String(traffic)], files());
    mine = look;
    const done = await mine.done;
    if (look === mine && done.status === 0 && !job) answer(`${JSON.parse(done.stdout).answer} (One replication; the precise answer follows.)`);
  } catch { /* a later look took its place */ }
}

let typing = 0;
function changed() {
  clearTimeout(typing);
  typing = setTimeout(() => { drawSliders(); if (engine) peek(false); }, 350);
}

// ── sliders ────────────────────────────────────────────────────────────────────────────────────

let moving = 0;
function moved() {
  clearTimeout(moving);
  moving = setTimeout(async () => {
    if (!engine) return;
    stop();
    await peek(true);
    clearTimeout(moving);
    moving = setTimeout(() => compute("run"), 500);
  }, 120);
}

function slide(name, value, unit, set) {
  const row = document.createElement("label"), input = document.createElement("input"), output = document.createElement("output");
  row.className = "slide";
  input.type = "range";
  input.min = -1; input.max = 1; input.step = 0.01; input.value = 0;
  const at = () => Number((value * 10 ** Number(input.value)).toPrecision(2));
  const show = () => { output.textContent = `${at().toLocaleString("en", { maximumSignificantDigits: 3 })} ${unit}`; input.setAttribute("aria-valuetext", output.textContent); };
  input.addEventListener("input", () => { set(at()); show(); moved(); });
  show();
  row.append(name, input, output);
  return row;
}

let drawn = "";
function drawSliders() {
  const found = sliders(editor.text);
  const now = JSON.stringify(found.map(({ name, unit }) => [name, unit]));
  // What is being dragged stays: only another scenario has other sliders.
  if (now === drawn && $("slides").contains(document.activeElement)) return;
  drawn = now;
  const rows = found.map(({ name, number, unit }, n) => slide(name, number, unit, (value) => {
    const here = sliders(editor.text)[n];
    if (here) editor.replace(here.from, here.length, String(value));
  }));
  const base = traffic;
  rows.unshift(slide("traffic", base, "× the scenario's", (value) => { traffic = value; }));
  $("slides").replaceChildren(...rows);
}

// ── scenarios ──────────────────────────────────────────────────────────────────────────────────

function begin(text, beside = {}) {
  extra = beside;
  traffic = 1;
  last = kept = null;
  $("pin").disabled = true;
  // What was shown was another scenario's.
  $("stdout").textContent = "";
  $("written").replaceChildren();
  report("");
  view("report");
  editor.text = text;
  drawn = "";
  drawSliders();
  $("map").hidden = !/^\[map\]/m.test(text);
  $("files").textContent = Object.keys(extra).length ? `Beside it: ${Object.keys(extra).join(", ")}` : "";
  mistakes("");
}

async function template(name) {
  const { files: all } = await engine.start(["init", name, "--output", SCENARIO], {}).done;
  begin(decoder.decode(all[SCENARIO]));
  history.replaceState(null, "", `${location.pathname}${location.search}#${name}`);
  await compute("run");
}

async function logs(chosen) {
  const names = Object.fromEntries([...chosen].map((file) => [file.name, file]));
  answer(`Reading ${Object.keys(names).join(", ")}; it stays on this machine.`);
  busy(true);
  const { status, stdout, stderr, files: all } = await engine.start(["import", ...Object.keys(names), "--output", "imported"], names).done;
  busy(false);
  const show = () => { $("stdout").textContent = stdout; view("text"); };
  if (status !== 0 || !all["imported/scenario.toml"]) show();
  if (status !== 0 || !all["imported/scenario.toml"]) return answer(stderr.trim() || "No scenario can be made of it: see the text.", status !== 0);
  const beside = Object.entries(all).filter(([name]) => name.startsWith("imported/traffic"));
  begin(decoder.decode(all["imported/scenario.toml"]), Object.fromEntries(beside.map(([name, bytes]) => [name.replace("imported/", ""), bytes])));
  show();
  answer("Imported: the scenario says what was made of it, the text beside it what was left out. Run it, or ask for advice.");
}

/// The sizes of a model: null where they are not known yet, and asked for then.
const sizes = new Map();
function sizesOf(model) {
  if (!sizes.has(model)) {
    sizes.set(model, null);
    engine.start(["models", model, "--format", "json"], files()).done.then(({ status, stdout }) => {
      sizes.set(model, status === 0 ? Object.keys(JSON.parse(stdout).model.size ?? {}) : []);
      if (document.activeElement === editor.area) editor.suggest();
    });
  }
  return sizes.get(model);
}

// ── the beginning ──────────────────────────────────────────────────────────────────────────────

async function start() {
  try {
    engine = await open((share) => { $("engine").textContent = share ? `is being fetched, ${Math.round(100 * share)} %` : "is being fetched…"; });
  } catch (error) {
    $("engine").textContent = "";
    return answer(`The simulator cannot be had: ${error.message}. Serve this directory with a file server (python3 -m http.server), and open it from there.`, true);
  }
  const { stdout } = await engine.start(["init", "--list"], {}).done;
  const templates = stdout.trim().split("\n").map((line) => /^(\S+)\s+(.*)$/.exec(line)).filter(Boolean);
  $("gallery").replaceChildren(...templates.map(([, name, title]) => new Option(title, name)));
  $("engine").textContent = engine.name;
  busy(false);
  const hash = decodeURIComponent(location.hash.slice(1));
  if (hash.startsWith("s=")) {
    const shared = await unpacked(hash.slice(2)).catch(() => null);
    if (shared) {
      $("gallery").prepend(new Option("(the scenario of the link)", "", true, true));
      begin(shared.text);
      traffic = shared.traffic ?? 1;
      drawn = "";
      drawSliders();
      compute("run");
    } else answer("The link is not whole: nothing can be read from it.", true);
  } else if (engine.first && (await engine.first().catch(() => null)) !== null) {
    $("gallery").prepend(new Option("(the scenario of the command line)", "", true, true));
    begin(await engine.first());
    compute("run");
  } else {
    const name = templates.some(([, known]) => known === hash) ? hash : templates[0][1];
    $("gallery").value = name;
    template(name);
  }
  const [schema, models] = await Promise.all([["schema", "scenario"], ["models", "--era", "all", "--format", "json"]].map((args) => engine.start(args, {}).done));
  const all = JSON.parse(models.stdout).models.map((model) => ({ name: model.name, note: `${model.provider}: ${model.product}` }));
  editor.offers = new Offers(JSON.parse(schema.stdout), all, sizesOf);
}

$("gallery").addEventListener("change", (event) => event.target.value && template(event.target.value));
for (const command of ["run", "curve", "map", "advise"]) $(command).addEventListener("click", () => compute(command));
$("cancel").addEventListener("click", () => { stop(); answer("Cancelled."); });
$("pin").addEventListener("click", () => { kept = last; $("compared").textContent = "Kept. Change the scenario and run it again."; view("compare"); });
$("share").addEventListener("click", async () => {
  const link = `${location.origin}${location.pathname}${location.search}#s=${await packed({ text: editor.text, traffic })}`;
  history.replaceState(null, "", link);
  await navigator.clipboard?.writeText(link).catch(() => {});
  answer(`The scenario is in this page's link (${link.length.toLocaleString("en")} letters), which was copied. Files beside it are not.`);
});
$("log").addEventListener("change", (event) => { if (event.target.files.length) logs(event.target.files); event.target.value = ""; });
addEventListener("dragover", (event) => event.preventDefault());
addEventListener("drop", (event) => { event.preventDefault(); if (event.dataTransfer.files.length && engine) logs(event.dataTransfer.files); });
for (const tab of document.querySelectorAll("[role=tab]")) {
  tab.addEventListener("click", () => view(tab.id.replace("tab-", "")));
  tab.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const tabs = [...document.querySelectorAll("[role=tab]")];
    const next = tabs[(tabs.indexOf(tab) + step + tabs.length) % tabs.length];
    view(next.id.replace("tab-", ""));
    next.focus();
  });
}
addEventListener("keydown", (event) => { if ((event.ctrlKey || event.metaKey) && event.key === "Enter") { event.preventDefault(); compute("run"); } });
busy(false);
start();
