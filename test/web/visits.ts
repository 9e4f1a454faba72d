// Pages that tests have open, all watched together: at the end not a byte may have gone out, and nothing
// may have failed unseen.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Page } from "playwright-core";
import * as assert from "uvu/assert";
import { projectRoot } from "../host.js";
import { drop, shown, WebBrowser } from "./browser.js";
import type { DroppedFile, OpenedPage } from "./browser.js";

/** A file of test/data; a copy of its bytes, to be changed at will. */
export function dataFile(name: string): DroppedFile {
  return { name, bytes: new Uint8Array(readFileSync(join(projectRoot, "test/data", name))) };
}

/** One page in a browser of its own, for all tests of a suite. */
export interface Visit {
  readonly page: Page;
  /** Nothing may have failed unseen. */
  end(): Promise<void>;
}

/** With `file` dropped onto it. */
export async function visit(file: DroppedFile): Promise<Visit> {
  const browser = await WebBrowser.start();
  const { page, errors } = await browser.open();
  await drop(page, file);
  const end = async () => {
    assert.equal(errors, []);
    await browser.close();
  };
  return { page, end };
}

export class Visits {
  readonly #browser: WebBrowser;
  readonly #opened: OpenedPage[] = [];

  private constructor(browser: WebBrowser) {
    this.#browser = browser;
  }

  static async start(): Promise<Visits> {
    return new Visits(await WebBrowser.start());
  }

  async open(...options: Parameters<WebBrowser["open"]>): Promise<Page> {
    const one = await this.#browser.open(...options);
    this.#opened.push(one);
    return one.page;
  }

  /** A page that shows `link` of redis.offcut. */
  async openRedis(link = ""): Promise<Page> {
    const page = await this.open();
    await page.evaluate((hash) => (location.hash = hash), link);
    await drop(page, dataFile("redis.offcut"));
    await shown(page, link);
    return page;
  }

  /** For one page whose errors are wanted. */
  async openUnwatched(): Promise<Page> {
    return (await this.#browser.open()).page;
  }

  async end(): Promise<void> {
    assert.ok(this.#opened.length > 5);
    assert.equal(
      this.#opened.flatMap(({ requests, errors }) => [...requests, ...errors]),
      [],
    );
    await this.#browser.close();
  }
}

/** The texts of a table's column, from 1, as far as rows are in sight. */
export function column(page: Page, at: number): Promise<string[]> {
  return page.locator(`.grid-row.body .cell:nth-child(${at})`).allTextContents();
}

/** The filters that are set. */
export function chips(page: Page): Promise<string[]> {
  return page.locator(".chip").allTextContents();
}
