// The page of `web/` in a real browser, and its engine beside the native program: the same files to the byte.
//
//   node page.mjs MODULES PICTURES PAGE PROGRAM SCENARIO.toml ...
//
// MODULES holds node_modules with playwright-core and axe-core; PICTURES receives screenshots; PAGE is what web/build
// made; PROGRAM the native hostsim.
import { execFileSync, spawn } from "node:child_process";
import { createServer } from "node:http";
import { createRequire } from "node:module";
import { copyFileSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { gunzipSync } from "node:zlib";

const [modules, pictures, page, native, ...scenarios] = process.argv.slice(2);
const program = path.resolve(native);
const require = createRequire(path.join(modules, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");
const failures = [];
function check(what, holds, found = "") {
  if (holds) console.log(`  ok: ${what}`);
  else failures.push(`${what} ${found}`);
}

// ── the bytes ──
const { Wasi } = await import(pathToFileURL(path.join(page, "wasi.js")).href);
const module = new WebAssembly.Module(gunzipSync(readFileSync(path.join(page, "hostsim.wasm.gz"))));
const own = (name) => name.endsWith(".png") || name.endsWith("written-by-hostsim.txt");
for (const scenario of scenarios) {
  const name = path.basename(scenario), began = performance.now();
  const args = ["run", name, "--replications", "2", "--output", "out"];
  const here = new Wasi({ args: ["hostsim", ...args], env: { COLUMNS: "100" }, files: { [name]: readFileSync(scenario) } }).run(module);
  const between = performance.now();
  const at = mkdtempSync(path.join(tmpdir(), "hostsim-native-"));
  // Under the same name in the same place: the pages name the file as it was given.
  copyFileSync(scenario, path.join(at, name));
  let printed;
  try {
    printed = execFileSync(program, args, { cwd: at, env: { COLUMNS: "100" }, stdio: ["ignore", "pipe", "ignore"] });
  } catch (error) {
    printed = error.stdout;   // a claim that two replications do not hold
  }
  const ended = performance.now();
  const files = readdirSync(path.join(at, "out")).filter((file) => !own(file));
  const differ = files.filter((file) => !Buffer.from(here.files[`out/${file}`] ?? []).equals(readFileSync(path.join(at, "out", file))));
  check(`${name}: the same bytes in ${files.length} files (${((between - began) / 1000).toFixed(1)} s, native ${((ended - between) / 1000).toFixed(1)} s)`,
    files.length > 8 && differ.length === 0 && Buffer.from(here.stdout).equals(printed), differ);
  rmSync(at, { recursive: true });
}

// ── the page ──
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css", ".gz": "application/gzip" };
const server = createServer((request, answer) => {
  const file = path.join(page, path.normalize(new URL(request.url, "http://x").pathname));
  try {
    const bytes = readFileSync(file);
    answer.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream", "content-length": bytes.length });
    answer.end(bytes);
  } catch {
    answer.writeHead(404).end();
  }
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const address = `http://127.0.0.1:${server.address().port}/index.html`;
const profile = mkdtempSync(path.join(tmpdir(), "hostsim-page-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});
const tab = await browser.newPage();
const said = [], asked = [];
tab.on("console", (message) => said.push(message.text()));
tab.on("pageerror", (error) => said.push(error.message));
tab.on("request", (request) => asked.push(request.url()));
await tab.setViewportSize({ width: 1280, height: 900 });
const answer = () => tab.textContent("#answer");
const until = (words, seconds = 60) => tab.waitForFunction((words) => document.querySelector("#answer").textContent.includes(words), words, { timeout: seconds * 1000 });

let began = performance.now();
await tab.goto(address);
await until("is the cheapest");
check(`the first answer after ${((performance.now() - began) / 1000).toFixed(1)} s`, (await answer()).startsWith("lambda is the cheapest, at $47.67"), await answer());
const report = tab.frameLocator("#report");
await report.locator("h1").waitFor();
check("the report is shown", (await report.locator("h1").textContent()).includes("$5 VPS"));
await tab.screenshot({ path: path.join(pictures, "page-desktop.png") });
await tab.evaluate(axe);
const barriers = async () => (await tab.evaluate(() => axe.run(document, { iframes: false }))).violations.map((one) => `${one.id}: ${one.nodes.map((node) => node.html.slice(0, 90))}`);
check("axe finds no barrier", (await barriers()).length === 0, await barriers());

// A mistake is shown at its word, and goes when it is mended.
const text = await tab.inputValue("#text");
await tab.fill("#text", text.replace('hosting = "aws-ec2-2017"', 'hosting = "aws-ec2-2071"'));
await tab.locator("#mistakes button").first().waitFor();
check("a mistake names its line and what was meant", /Line \d+.*aws-ec2-2071[\s\S]*aws-ec2-2017/.test(await tab.textContent("#mistakes")), await tab.textContent("#mistakes"));
check("the word is marked", (await tab.locator(".paint .w").count()) > 0);
await tab.screenshot({ path: path.join(pictures, "page-mistake.png") });
await tab.fill("#text", text);
await tab.waitForFunction(() => document.querySelector("#mistakes").textContent === "");

// Keys of the language are offered, and sizes of a model.
await tab.waitForFunction(() => document.querySelector("#gallery").options.length > 5);
await tab.evaluate(() => {
  const area = document.querySelector("#text"), at = area.value.indexOf('"t2.nano"') + 4;
  area.focus();
  area.setSelectionRange(at, at);
});
await tab.keyboard.press("Control+Space");
await tab.locator("#offers li").first().waitFor();
check("sizes of the model are offered", (await tab.textContent("#offers")).includes("t2.small"), await tab.textContent("#offers"));
await tab.keyboard.press("Escape");

// A slider changes the text, and the answer follows.
const before = await answer();
const slider = (name) => tab.locator(".slide", { hasText: name }).locator("input");
await slider("wage").fill("-0.9");
await tab.waitForFunction((before) => document.querySelector("#answer").textContent !== before, before);
await tab.waitForFunction(() => !document.querySelector("#answer").textContent.includes("One replication"), null, { timeout: 60000 });
check("the wage moved in the text", /wage = "6\.9 USD\/h"/.test(await tab.inputValue("#text")), (await tab.inputValue("#text")).match(/wage.*/)?.[0]);
check("and the answer with it", (await answer()) !== before && (await answer()).includes("the cheapest"), await answer());

// Two results compared.
await tab.click("#pin");
await slider("traffic").fill("0.5");
await tab.waitForFunction(() => document.querySelector("#compared").textContent.includes("invoice"), null, { timeout: 60000 });
check("two results are compared", (await tab.textContent("#compared")).includes("droplet"));

// Share: the link holds the scenario.
await tab.click("#share");
await until("in this page's link");
const link = tab.url(), now = await tab.inputValue("#text");
const other = await browser.newPage();
await other.goto(link);
await other.waitForFunction(() => document.querySelector("#answer").textContent.includes("cheapest"), null, { timeout: 60000 });
check("the link brings the scenario back", (await other.inputValue("#text")) === now);
await other.close();

// A log becomes a scenario.
const log = Array.from({ length: 3000 }, (_, n) => `10.0.0.1 - - [28/Nov/2026:10:${String(Math.floor(n / 60) % 60).padStart(2, "0")}:${String(n % 60).padStart(2, "0")} +0000] "GET /a HTTP/1.1" 200 512 "-" "Mozilla/5.0"`).join("\n");
await tab.setInputFiles("#log", { name: "access.log", mimeType: "text/plain", buffer: Buffer.from(log + "\n") });
await until("Imported");
check("a log is imported", (await tab.inputValue("#text")).includes("arrivals.trace") && (await tab.textContent("#stdout")).includes("3000"), await tab.textContent("#stdout"));

// Cancel: a long run ends at once.
await tab.selectOption("#gallery", "own-or-rent");
await tab.waitForFunction(() => !document.querySelector("#cancel").hidden);
await tab.waitForTimeout(300);
began = performance.now();
await tab.click("#cancel");
await until("Cancelled");
check("a run is cancelled within a second", performance.now() - began < 1000);

await tab.setViewportSize({ width: 390, height: 844 });
await tab.emulateMedia({ colorScheme: "dark" });
check("nothing is wider than a phone", await tab.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
check("axe finds no barrier on a phone in the dark", (await barriers()).length === 0, await barriers());
await tab.screenshot({ path: path.join(pictures, "page-phone.png"), fullPage: true });

// The same page with the program behind it.
const served = spawn(program, ["ui", "--no-open", path.resolve(scenarios[0])], { stdio: ["ignore", "pipe", "ignore"] });
const served_at = (await new Promise((resolve) => served.stdout.once("data", resolve))).toString().trim();
const tab2 = await browser.newPage();
tab2.on("console", (message) => said.push(message.text()));
tab2.on("pageerror", (error) => said.push(error.message));
await tab2.goto(served_at);
await tab2.waitForFunction(() => document.querySelector("#answer").textContent.includes("cheapest"), null, { timeout: 60000 });
check("the program answers its page", (await tab2.textContent("#engine")) === "the program on this machine");
await tab2.frameLocator("#report").locator("h1").waitFor();
check("and its report is shown", (await tab2.frameLocator("#report").locator("h1").textContent()).length > 5);
await tab2.fill("#text", (await tab2.inputValue("#text")).replace("schema = 1", "schema = 1\nscheme = 2"));
await tab2.locator("#mistakes button").first().waitFor();
check("its mistakes are at their words", /Line \d+/.test(await tab2.textContent("#mistakes")));
served.kill();

check("nothing is asked of other hosts", asked.every((url) => url.startsWith(address.replace("index.html", "")) || /^(data|blob|about):/.test(url)), asked.filter((url) => !url.startsWith("http://127")));
check("the console is silent", said.length === 0, said);
const weight = readdirSync(page).reduce((sum, file) => sum + statSync(path.join(page, file)).size, 0);
console.log(`  the page weighs ${(weight / 1024 / 1024).toFixed(2)} MiB, the simulator packed`);
await browser.close();
server.close();
rmSync(profile, { recursive: true, force: true });
if (failures.length) {
  console.error(`FAILED:\n${failures.join("\n")}`);
  process.exit(1);
}
