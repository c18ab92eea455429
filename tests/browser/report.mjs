// Opens reports in a real browser: nothing is asked of the network, the console stays empty,
// sorting, hovering, switches and keys do what they should, and axe finds no barrier.
//
//   node report.mjs MODULES PICTURES PAGE.html ...
//
// MODULES holds node_modules with playwright-core and axe-core; PICTURES receives screenshots.
import { createRequire } from "node:module";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { pathToFileURL } from "node:url";

const [modules, pictures, ...pages] = process.argv.slice(2);
const require = createRequire(path.join(modules, "package.json"));
const { chromium } = require("playwright-core");
const axe = readFileSync(require.resolve("axe-core/axe.min.js"), "utf8");

const failures = [];
function check(what, holds, found = "") {
  if (!holds) failures.push(`${what} ${found}`);
  else console.log(`  ok: ${what}`);
}

const SIZES = [["phone", 390, 844], ["desktop", 1280, 900]];
const profile = mkdtempSync(path.join(tmpdir(), "hostsim-browser-"));
const browser = await chromium.launchPersistentContext(profile, {
  executablePath: process.env.CHROMIUM || "/usr/bin/chromium",
  headless: true,
  args: ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync"],
});

async function open(file, { width = 1280, height = 900, scheme = "light" } = {}) {
  const page = await browser.newPage();
  await page.setViewportSize({ width, height });
  // Without motion: what still scrolls hides what is told.
  await page.emulateMedia({ colorScheme: scheme, reducedMotion: "reduce" });
  page.asked = [];
  page.said = [];
  page.on("request", (request) => page.asked.push(request.url()));
  page.on("console", (message) => page.said.push(message.text()));
  page.on("pageerror", (error) => page.said.push(String(error)));
  await page.goto(pathToFileURL(file).href);
  return page;
}

async function quiet(page, file) {
  const own = pathToFileURL(file).href;
  const others = page.asked.filter((url) => url.split("#")[0] !== own && !url.startsWith("data:"));
  check("nothing is asked of the network", others.length === 0, others.join(" "));
  check("the console is empty", page.said.length === 0, page.said.join(" | "));
  await page.close();
}

async function accessible(page, what) {
  await page.evaluate(axe);
  const found = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations", "incomplete"] }));
  const text = found.violations.map((v) => `${v.id}: ${v.nodes.slice(0, 3).map((n) => n.html.slice(0, 160) + " " + n.failureSummary).join(" ; ")}`);
  check(`axe finds no barrier (${what})`, text.length === 0, text.join("\n    "));
  const doubts = found.incomplete.filter((v) => v.id !== "color-contrast").map((v) => v.id);
  if (doubts.length) console.log(`  axe is unsure of: ${doubts.join(", ")}`);
}

// Tables in the comparison first: the first that can be sorted and has more than one row.
async function sorting(page) {
  if ((await page.locator("table.sortable").count()) === 0) return check("there is a table to sort", false);
  const order = (column) => page.$$eval("table.sortable", (tables, column) =>
    [...tables[0].tBodies[0].rows].map((row) => row.cells[column].getAttribute("data-value")), column);
  const column = await page.$$eval("table.sortable", (tables) => {
    const headings = [...tables[0].tHead.rows[0].cells];
    return headings.findIndex((cell) => cell.className === "number");
  });
  const button = page.locator("table.sortable").first().locator("thead button").nth(column);
  const heading = page.locator("table.sortable").first().locator("thead th").nth(column);
  const rising = (values) => values.every((v, i) => i === 0 || v === null || Number(values[i - 1]) <= Number(v));
  await button.focus();
  await page.keyboard.press("Enter");
  check("a key sorts a table", rising(await order(column)), (await order(column)).join(" "));
  check("the heading says so", (await heading.getAttribute("aria-sort")) === "ascending");
  await button.click();
  const falling = (await order(column)).filter((v) => v !== null).reverse();
  check("a click turns it round", rising(falling), falling.join(" "));
  check("the heading says that too", (await heading.getAttribute("aria-sort")) === "descending");
}

async function hovering(page) {
  const tip = page.locator("#tip");
  // The bar of switches sticks to the top, where it would lie over what is scrolled there.
  await page.addStyleTag({ content: ".switches { position: static !important; }" });
  check("there are figures", (await page.locator("figure").count()) > 0);
  for (const figure of await page.$$("figure")) {
    await figure.scrollIntoViewIfNeeded();
    const spot = await figure.$(".spots rect:not(.off)");
    if (!spot) continue;
    await spot.evaluate((element) => element.scrollIntoView({ block: "center", inline: "center", behavior: "instant" }));
    // The event of scrolling, which hides what is told, comes with the next frames.
    await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 50)))));
    const at = await spot.boundingBox();
    await page.mouse.move(at.x + at.width / 2, at.y + at.height / 2);
    const id = await figure.getAttribute("id");
    check(`${id} tells a value where one points`, (await tip.isVisible()) && (await tip.textContent()).length > 5);
    await page.mouse.move(2, 2);
    check(`${id} falls silent`, !(await tip.isVisible()));
    await spot.focus();
    const first = await tip.textContent();
    check(`${id} tells a value to the keyboard`, first === (await spot.getAttribute("aria-label")), first);
    let moved = false;
    for (const key of ["ArrowRight", "ArrowDown", "ArrowUp", "ArrowLeft"]) {
      await page.keyboard.press(key);
      moved = moved || (await tip.textContent()) !== first;
    }
    const alone = (await figure.$$(".spots rect:not(.off)")).length < 2;
    check(`${id} goes to another value by an arrow`, moved || alone);
    await page.keyboard.press("Escape");
    check(`${id} hides it by Escape`, !(await tip.isVisible()));
  }
}

async function switching(page) {
  const boxes = page.locator("#switches input");
  if ((await boxes.count()) < 2) return check("cases can be switched", false);
  await page.evaluate(() => document.querySelectorAll("details.many").forEach((details) => { details.open = true; }));
  const hidden = () => page.$$eval('[data-case="0"]', (parts) => parts.filter((p) => getComputedStyle(p).display === "none").length);
  const all = await page.$$eval('[data-case="0"]', (parts) => parts.length);
  await boxes.first().focus();
  await page.keyboard.press("Space");
  check("a key switches a case off everywhere", (await hidden()) === all, `${await hidden()} of ${all}`);
  check("the others stay", (await page.$$eval('[data-case="1"]', (parts) => parts.filter((p) => getComputedStyle(p).display === "none").length)) === 0);
  await page.locator("#all-cases").click();
  check("a click brings it back", (await hidden()) === 0);
  await page.locator("#no-cases").click();
  check("and another switches all off", (await hidden()) === all);
  await page.locator("#all-cases").click();
}

// Of what prints badly: parts that only work on a screen, tables and figures wider than the paper.
async function printing(page) {
  await page.emulateMedia({ media: "print", colorScheme: "dark" });
  await page.setViewportSize({ width: 690, height: 980 });
  const seen = await page.$$eval(".theme, .switches, nav, .tip, .skip", (parts) =>
    parts.filter((part) => getComputedStyle(part).display !== "none").map((part) => part.className || part.tagName));
  check("what only works on a screen is not printed", seen.length === 0, seen.join(" "));
  const paper = await page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  check("paper is white though the screen is dark", paper === "rgb(255, 255, 255)", paper);
  const cut = await page.$$eval(".canvas svg, pre", (parts) =>
    parts.filter((part) => part.getBoundingClientRect().right > 691).map((part) => part.tagName));
  check("no figure is wider than the paper", cut.length === 0, cut.join(" "));
}

async function colours(page) {
  const ground = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await ground();
  await page.locator('#theme input[value="dark"]').focus();
  await page.keyboard.press("Space");
  const dark = await ground();
  check("the page turns dark", light !== dark, `${light} ${dark}`);
  await accessible(page, "dark");
  await page.locator('#theme input[value=""]').check();
  check("and back", (await ground()) === light);
}

for (const file of pages) {
  const name = path.basename(file, ".html");
  console.log(name);
  let page = await open(file);
  await sorting(page);
  await hovering(page);
  await switching(page);
  await accessible(page, "light");
  await colours(page);
  await quiet(page, file);
  for (const [size, width, height] of SIZES) {
    for (const scheme of ["light", "dark"]) {
      page = await open(file, { width, height, scheme });
      const wide = await page.evaluate(() => document.documentElement.scrollWidth);
      check(`fits a ${size}`, wide <= width, `${wide} > ${width}`);
      await page.screenshot({ path: path.join(pictures, `${name}-${size}-${scheme}.png`), fullPage: true });
      if (size === "phone" && scheme === "light") await accessible(page, size);
      await quiet(page, file);
    }
  }
  const size = statSync(file).size;
  check("it is smaller than 2 MB", size < 2_000_000, `${size} bytes`);
  page = await open(file, { scheme: "dark" });
  await printing(page);
  await quiet(page, file);
  page = await open(file, { scheme: "dark" });
  await page.pdf({ path: path.join(pictures, `${name}.pdf`), format: "A4" });
  await quiet(page, file);
}
await browser.close();
rmSync(profile, { recursive: true, force: true });
if (failures.length) {
  console.error(failures.map((failure) => `FAILED: ${failure}`).join("\n"));
  process.exit(1);
}
