// A real browser for the tests of the page: Debian's Chromium, without a window and without a network
// of its own. Opens build/offcut.html from the file system as a person would, drops files onto it with
// their real bytes, and keeps count of everything that a page must not do: send a request, break its
// own policy, write an error. (Functions handed to page.evaluate must not name functions of their own:
// what tsx makes of those does not run in a page.)

import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { chromium } from "playwright-core";
import type { Browser, Download, Page } from "playwright-core";
import { wordsOfLink } from "../../analyzer/web/words.js";
import { buildDirectory } from "../host.js";

const Chromium = "/usr/bin/chromium";
const flags = [
  "--headless",
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

export const pageUrl = pathToFileURL(join(buildDirectory, "offcut.html")).href;
/** For people to look at; nothing reads them. */
const screenshots = join(buildDirectory, "screenshots");

/** Longer than anything here takes, however busy the machine. */
const WaitMsMax = 20_000;

export interface OpenOptions {
  readonly dark?: boolean;
  readonly width?: number;
  readonly height?: number;
  /** Pixels of the screen to one of the page. */
  readonly sharpness?: number;
  /** CPUs that the page is told the machine has. */
  readonly cpus?: number;
}

export interface OpenedPage {
  readonly page: Page;
  /** Addresses that were asked for beside the page itself, and what went wrong. */
  readonly requests: string[];
  readonly errors: string[];
}

export class WebBrowser {
  readonly #browser: Browser;

  private constructor(browser: Browser) {
    this.#browser = browser;
  }

  static async start(): Promise<WebBrowser> {
    return new WebBrowser(await chromium.launch({ executablePath: Chromium, args: flags }));
  }

  async close(): Promise<void> {
    await this.#browser.close();
  }

  async open(url = pageUrl, options: OpenOptions = {}): Promise<OpenedPage> {
    const { dark = false, width = 1440, height = 900, sharpness = 1, cpus } = options;
    const context = await this.#browser.newContext({
      colorScheme: dark ? "dark" : "light",
      viewport: { width, height },
      deviceScaleFactor: sharpness,
      acceptDownloads: true,
      reducedMotion: "reduce",
    });
    context.setDefaultTimeout(WaitMsMax);
    if (cpus !== undefined) {
      await context.addInitScript((value) => Object.defineProperty(navigator, "hardwareConcurrency", { value }), cpus);
    }
    const page = await context.newPage();
    const requests: string[] = [];
    const errors: string[] = [];
    page.on("request", (request) => {
      const isOwn = request.url() === url.replace(/#.*/, "") || /^(blob|data):/.test(request.url());
      if (!isOwn) requests.push(request.url());
    });
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    page.on("dialog", (dialog) => {
      errors.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    await page.goto(url);
    return { page, requests, errors };
  }
}

/** Why there is no browser to test with; undefined where there is one. */
export function missingBrowser(): string | undefined {
  return existsSync(Chromium) ? undefined : `${Chromium} is not installed`;
}

export interface DroppedFile {
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Drops files onto the page, all at once, as a hand would. */
export async function drop(page: Page, ...files: readonly DroppedFile[]): Promise<void> {
  const carried = files.map(({ name, bytes }) => ({ name, base64: Buffer.from(bytes).toString("base64") }));
  const transfer = await page.evaluateHandle((list) => {
    const data = new DataTransfer();
    for (const { name, base64 } of list) {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      data.items.add(new File([bytes], name));
    }
    return data;
  }, carried);
  for (const type of ["dragenter", "dragover", "drop"])
    await page.dispatchEvent("body", type, { dataTransfer: transfer });
}

/** Waits until the page shows all of what `link` asks for. */
export async function shown(page: Page, link: string): Promise<void> {
  const words = JSON.stringify(wordsOfLink(link).toLink());
  await page.locator(`.panel-area[data-link=${words}][aria-busy="false"] .answer[aria-busy="false"]`).waitFor();
}

/** What the page saved when `act` was done. */
export async function saved(page: Page, act: () => Promise<void>): Promise<{ name: string; text: string }> {
  const { name, bytes } = await savedBytes(page, act);
  return { name, text: bytes.toString("utf8") };
}

async function savedBytes(page: Page, act: () => Promise<void>): Promise<{ name: string; bytes: Buffer }> {
  const [download] = (await Promise.all([page.waitForEvent("download"), act()])) as [Download, void];
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  return { name: download.suggestedFilename(), bytes: Buffer.concat(chunks) };
}

export interface SavedPicture {
  readonly name: string;
  readonly width: number;
  readonly height: number;
  /** Different ones among its pixels. */
  readonly colours: number;
}

/** The PNG that the page saves of what it shows, decoded. */
export async function savedPicture(page: Page): Promise<SavedPicture> {
  const { name, bytes } = await savedBytes(page, () => page.getByRole("button", { name: "Save as PNG" }).click());
  const decoded = await page.evaluate(async (base64) => {
    const png = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const image = await createImageBitmap(new Blob([png], { type: "image/png" }));
    const context = new OffscreenCanvas(image.width, image.height).getContext("2d")!;
    context.drawImage(image, 0, 0);
    const { data } = context.getImageData(0, 0, image.width, image.height);
    return { width: image.width, height: image.height, colours: new Set(new Uint32Array(data.buffer)).size };
  }, bytes.toString("base64"));
  return { name, ...decoded };
}

export async function screenshot(page: Page, name: string): Promise<void> {
  mkdirSync(screenshots, { recursive: true });
  await page.screenshot({ path: join(screenshots, `${name}.png`) });
}
